internal import Zoetrope

/// `profile.html`: the profile as one page that needs no network.
struct ProfilePage {
    private let profile: Profile

    init(_ profile: Profile) { self.profile = profile }

    /// - Throws: where JSON cannot be made
    func html() throws -> String {
        let chart = MemoryChart(profile)
        return """
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>Profile: \(Words.markup(profile.subject.title))</title>
            <style>\(PageStyle.css)</style></head><body>
            \(PageHead(profile).html)
            <h2>Memory over time</h2>
            \(chart.html)
            <h2>What is held at the peak of each stage</h2>
            \(PeakTable(profile).html)
            <h2>Where the time goes</h2>
            \(TimeSection(profile).html)
            <h2>Planned and measured</h2>
            \(PlanTable(profile).html)
            <script type="application/json" id="timeline">\(try chart.json())</script>
            <script>\(PageScript.javascript)</script>
            </body></html>

            """
    }
}
