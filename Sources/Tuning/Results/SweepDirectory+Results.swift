extension SweepDirectory {
    /// Writes `results.csv`, `results.md`, `report.html` and its pictures from the runs that are there, and from what the
    /// judge said.
    ///
    /// - Throws: ``SweepError``
    package func writeResults() throws {
        let records = try records()
        let judged = try judged()
        let page = ReportPage(self, records: records, judged: judged)
        try write(ResultsTable.csv(definition, records: records, judged: judged), to: "results.csv")
        try write(page.markdown, to: "results.md")
        try write(try page.html(), to: "report.html")
        for picture in page.pictures { try write(picture.file, to: "pictures/\(picture.name).svg") }
    }
}
