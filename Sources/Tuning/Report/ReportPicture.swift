/// A drawing of trials: part of the report, and a file of its own.
package struct ReportPicture {
    static let width = 640.0
    static let height = 400.0
    static let left = 58.0
    static let right = 14.0
    static let bottom = 50.0

    /// Of the file, without its ending.
    package let name: String
    let title: String
    /// What stands inside of the SVG element.
    let body: String

    private var size: String { "viewBox=\"0 0 \(Int(Self.width)) \(Int(Self.height))\"" }

    /// As part of a page.
    var figure: String {
        """
        <figure class="plot"><figcaption>\(Markup.text(title))</figcaption>
        <svg \(size) role="img" aria-label="\(Markup.text(title))">
        \(body)
        </svg></figure>
        """
    }

    /// As a file, with the page's colours in it.
    package var file: String {
        """
        <svg xmlns="http://www.w3.org/2000/svg" \(size) role="img" aria-label="\(Markup.text(title))">
        <style>\(ReportStyle.colors)
        \(ReportStyle.drawing)</style>
        <rect class="ground" width="100%" height="100%"/>
        \(body)
        </svg>

        """
    }
}

/// Lines and words around what is drawn.
enum PictureAxes {
    /// A line from the left to the right, and what it stands for.
    static func row(at place: Double, label: String) -> String {
        let y = Markup.place(place)
        return
            "<line class=\"grid\" x1=\"\(ReportPicture.left)\" x2=\"\(ReportPicture.width - ReportPicture.right)\" "
            + "y1=\"\(y)\" y2=\"\(y)\"/><text class=\"tick\" x=\"\(ReportPicture.left - 8)\" y=\"\(y)\" dy=\"4\" "
            + "text-anchor=\"end\">\(label)</text>"
    }

    /// A line from `top` to the bottom, and what it stands for.
    static func column(at place: Double, from top: Double, label: String) -> String {
        let x = Markup.place(place)
        let floor = ReportPicture.height - ReportPicture.bottom
        return "<line class=\"grid\" x1=\"\(x)\" x2=\"\(x)\" y1=\"\(top)\" y2=\"\(floor)\"/>"
            + "<text class=\"tick\" x=\"\(x)\" y=\"\(floor + 18)\" text-anchor=\"middle\">\(label)</text>"
    }

    /// What the axes measure.
    static func names(across: String, up: String) -> String {
        let middle = (ReportPicture.left + ReportPicture.width - ReportPicture.right) / 2
        return
            "<text class=\"axis\" x=\"\(middle)\" y=\"\(ReportPicture.height - 8)\" text-anchor=\"middle\">"
            + "\(Markup.text(across))</text><text class=\"axis\" x=\"4\" y=\"12\">\(Markup.text(up))</text>"
    }

    /// - Parameter share: 0 at the left, 1 at the right
    static func x(_ share: Double) -> Double {
        ReportPicture.left + share * (ReportPicture.width - ReportPicture.left - ReportPicture.right)
    }

    /// - Parameter share: 0 at the bottom, 1 at `top`
    static func y(_ share: Double, top: Double) -> Double {
        let floor = ReportPicture.height - ReportPicture.bottom
        return floor - share * (floor - top)
    }
}

/// Numbers beside what is drawn; one that would lie on another is left out.
package struct PictureLabels {
    private var taken: [(x: Double, y: Double, width: Double)] = []

    private static let height = 12.0
    private static let digit = 8.0

    package init() {}

    /// - Parameters:
    ///   - x: where it begins
    ///   - y: the line that it stands on
    package mutating func label(_ number: Int, x: Double, y: Double) -> String {
        let width = Double("\(number)".count) * Self.digit
        let isFree = taken.allSatisfy {
            x >= $0.x + $0.width || $0.x >= x + width || abs(y - $0.y) >= Self.height
        }
        guard isFree else { return "" }
        taken.append((x, y, width))
        return "<text x=\"\(Markup.place(x))\" y=\"\(Markup.place(y))\">\(number)</text>"
    }
}
