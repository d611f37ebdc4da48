extension SweepDirectory {
    /// Writes `results.csv` and `report.html` from the runs that are there.
    ///
    /// - Throws: ``SweepError``
    package func writeResults() throws {
        let records = try records()
        try write(ResultsTable.csv(definition, records: records), to: "results.csv")
        try write(try ReportPage(self, records: records).html(), to: "report.html")
    }
}
