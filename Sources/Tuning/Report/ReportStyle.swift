/// How the report looks: one column on a phone, light or dark as the reader's system is.
enum ReportStyle {
    static let colors = """
        :root { color-scheme: light dark; --ground: #fbfaf7; --card: #fff; --text: #1d1c19; --quiet: #66635b;
          --line: #dedbd2; --accent: #0a6c94; --bad: #a8321f; }
        @media (prefers-color-scheme: dark) {
          :root { --ground: #161513; --card: #1f1e1b; --text: #eae7df; --quiet: #a09c91; --line: #3a3832;
            --accent: #62bde4; --bad: #f0866f; } }
        """

    /// Of drawings.
    static let drawing = """
        svg text { font: 13px system-ui, sans-serif; fill: var(--quiet); } svg .grid { stroke: var(--line); }
        svg .front { fill: none; stroke: var(--accent); stroke-width: 1.5; stroke-dasharray: 5 4; }
        svg .mark circle { fill: var(--quiet); } svg .mark line { stroke: var(--quiet); opacity: .45; }
        svg .best circle { fill: var(--accent); } svg .best line { stroke: var(--accent); }
        svg .baseline circle { fill: var(--card); stroke: var(--text); stroke-width: 2; }
        svg .mark text { fill: var(--text); font-weight: 600; }
        svg .ground { fill: var(--card); }
        svg .curve polyline { fill: none; stroke: var(--quiet); opacity: .5; }
        svg .curve.best polyline { stroke: var(--accent); opacity: 1; stroke-width: 1.5; }
        svg .curve text { fill: var(--text); font-weight: 600; }
        """

    static let css = """
        \(colors)
        * { box-sizing: border-box; }
        body { margin: 0 auto; padding: 1.5rem 1rem 4rem; max-width: 76rem; background: var(--ground);
          color: var(--text); font: 16px/1.5 system-ui, sans-serif; }
        h1 { font-size: 1.5rem; margin: 0 0 .25rem; } h2 { font-size: 1.15rem; margin: 2.25rem 0 .75rem; }
        p, dl { margin: .25rem 0; color: var(--quiet); max-width: 70ch; }
        .plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr)); gap: 1rem; }
        .plot { margin: 0; padding: .75rem; background: var(--card); border: 1px solid var(--line); border-radius: 8px; }
        .plot figcaption { font-weight: 600; } .plot svg { width: 100%; height: auto; display: block; }
        \(drawing)
        .tools { display: flex; flex-wrap: wrap; gap: .5rem 1rem; align-items: center; margin-bottom: .75rem; }
        .tools select { max-width: 100%; } .tools input[type=range] { flex: 1 1 10rem; }
        button, select { font: inherit; color: inherit; background: var(--card); border: 1px solid var(--line);
          border-radius: 6px; padding: .25rem .7rem; }
        .clips { display: grid; grid-template-columns: repeat(auto-fill, minmax(9.5rem, 1fr)); gap: .75rem; }
        .clips figure { margin: 0; } .clips figcaption { font-size: .8rem; overflow-wrap: anywhere; }
        .clips figcaption span { color: var(--quiet); display: block; }
        .clips video { width: 100%; display: block; border-radius: 6px; background: #000; image-rendering: pixelated; }
        .scroll { overflow-x: auto; border: 1px solid var(--line); border-radius: 8px; background: var(--card); }
        table { border-collapse: collapse; width: 100%; font-size: .875rem; font-variant-numeric: tabular-nums; }
        th, td { padding: .4rem .6rem; text-align: right; border-bottom: 1px solid var(--line); vertical-align: top;
          white-space: nowrap; }
        th:nth-child(2), td:nth-child(2) { text-align: left; white-space: normal; min-width: 12rem; }
        th button { border: 0; padding: 0; background: none; font-weight: 600; cursor: pointer; }
        th[aria-sort=ascending] button::after { content: " \\2191"; }
        th[aria-sort=descending] button::after { content: " \\2193"; }
        td small { color: var(--quiet); display: block; } tr.failed small { color: var(--bad); }
        tr.best td:first-child { color: var(--accent); font-weight: 700; } tr.baseline td { font-weight: 600; }
        tr:target td { background: color-mix(in srgb, var(--accent) 14%, transparent); }
        details summary { cursor: pointer; } tbody tr:last-child td { border-bottom: 0; }
        pre { text-align: left; font-size: .8rem; margin: .25rem 0; white-space: pre-wrap; overflow-wrap: anywhere;
          width: min(26rem, 70vw); user-select: all; }
        """
}
