/// How the page looks: one column on a phone, light or dark as the reader's system is.
enum PageStyle {
    static let css = """
        :root { color-scheme: light dark; --ground: #fbfaf7; --card: #fff; --text: #1d1c19; --quiet: #66635b;
          --line: #dedbd2; --accent: #0a6c94; --bad: #a8321f; --untracked: #d5d1c6;
          --color-1: #2b6cb0; --color-2: #7db4dc; --color-3: #7a58b3; --color-4: #3d9363; --color-5: #dd8a2e;
          --color-6: #b8402f; --color-7: #c9ab2c; --color-8: #97938a; }
        @media (prefers-color-scheme: dark) {
          :root { --ground: #161513; --card: #1f1e1b; --text: #eae7df; --quiet: #a09c91; --line: #3a3832;
            --accent: #62bde4; --bad: #f0866f; --untracked: #4a4740;
            --color-1: #4b8fd6; --color-2: #8cc4ea; --color-3: #a488dc; --color-4: #5bb784; --color-5: #eda14c;
            --color-6: #dd6a57; --color-7: #dcc04a; --color-8: #8a867c; } }
        * { box-sizing: border-box; }
        body { margin: 0 auto; padding: 1.5rem 1rem 4rem; max-width: 76rem; background: var(--ground);
          color: var(--text); font: 16px/1.5 system-ui, sans-serif; }
        h1 { font-size: 1.5rem; margin: 0 0 .25rem; overflow-wrap: anywhere; }
        h2 { font-size: 1.15rem; margin: 2.25rem 0 .75rem; }
        p { margin: .5rem 0; color: var(--quiet); max-width: 75ch; }
        .incomplete { color: var(--bad); font-weight: 600; overflow-wrap: anywhere; }
        .facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr)); gap: .75rem; margin: 1rem 0; }
        .facts div { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: .6rem .8rem; }
        .facts dt { color: var(--quiet); font-size: .85rem; }
        .facts dd { margin: 0; font-size: 1.3rem; font-weight: 600; font-variant-numeric: tabular-nums; }
        .chart { margin: 0; padding: .75rem; background: var(--card); border: 1px solid var(--line); border-radius: 8px; }
        .stages { position: relative; height: 1.5rem; margin-left: 4.5rem; font-size: .8rem; }
        .stages span { position: absolute; top: 0; bottom: 0; overflow: hidden; padding: 0 .3rem; white-space: nowrap;
          text-overflow: ellipsis; border-left: 2px solid var(--line); color: var(--quiet); }
        .plot { position: relative; height: min(22rem, 60vh); margin-left: 4.5rem; touch-action: pan-y; }
        .plot svg { position: absolute; inset: 0; width: 100%; height: 100%; display: block; }
        .plot .grid, .plot .stage { stroke: var(--line); } .plot .stage { stroke-width: 2; }
        .plot .resident { fill: none; stroke: var(--text); stroke-width: 1.5; }
        .plot line, .plot path { vector-effect: non-scaling-stroke; }
        .plot .level { position: absolute; right: 100%; margin-right: .4rem; transform: translateY(50%);
          white-space: nowrap; font-size: .8rem; color: var(--quiet); }
        .plot #cursor { position: absolute; top: 0; bottom: 0; width: 0; border-left: 1px solid var(--text); }
        .times { display: flex; justify-content: space-between; margin-left: 4.5rem; font-size: .8rem; color: var(--quiet); }
        .legend { list-style: none; display: flex; flex-wrap: wrap; gap: .25rem 1rem; margin: .6rem 0; padding: 0;
          font-size: .875rem; font-variant-numeric: tabular-nums; }
        i { display: inline-block; width: .75em; height: .75em; border-radius: 2px; margin-right: .4em; }
        i.line { height: 0; border-top: 2px solid var(--text); border-radius: 0; vertical-align: middle; }
        #readout { min-height: 1.5rem; }
        .rows { display: grid; gap: .3rem; margin: .75rem 0; }
        .rows > div { display: grid; grid-template-columns: minmax(5rem, 9rem) 1fr 6rem; gap: .6rem; align-items: center;
          font-size: .875rem; }
        .name { overflow: hidden; text-overflow: ellipsis; }
        .bar { display: inline-flex; width: 100%; height: 1rem; border-radius: 3px; overflow: hidden;
          background: color-mix(in srgb, var(--line) 45%, transparent); }
        .bar > span { height: 100%; } .share { font-variant-numeric: tabular-nums; text-align: right; }
        .scroll { overflow-x: auto; border: 1px solid var(--line); border-radius: 8px; background: var(--card);
          margin: .75rem 0; }
        table { border-collapse: collapse; width: 100%; font-size: .875rem; font-variant-numeric: tabular-nums; }
        th, td { padding: .35rem .6rem; text-align: right; border-bottom: 1px solid var(--line); white-space: nowrap; }
        thead th { color: var(--quiet); font-weight: 600; } tbody th { font-weight: 500; }
        th:first-child, td:nth-child(2):has(i), .text { text-align: left; }
        .total > * { font-weight: 700; background: color-mix(in srgb, var(--line) 30%, transparent); }
        td .bar { width: 8rem; height: .8rem; margin-right: .5rem; vertical-align: middle; }
        td .share { display: inline-block; min-width: 3rem; }
        .wide { min-width: 12rem; } tbody:last-child tr:last-child > * { border-bottom: 0; }
        details { margin: .5rem 0; } summary { cursor: pointer; color: var(--accent); }
        @media (max-width: 34rem) { .rows > div { grid-template-columns: 5rem 1fr 4.5rem; } body { font-size: 15px; } }
        """
}
