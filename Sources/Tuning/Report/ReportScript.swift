/// What moves in the report: the table sorts, and clips play in step.
enum ReportScript {
    static let javascript = sorting + "\n" + playing

    /// By the numbers in `data-value`, or by text where a column has none; empty cells stay at the end.
    private static let sorting = """
        "use strict";
        const table = document.getElementById("trials");
        const heads = [...table.tHead.rows[0].cells];
        function key(row, column) {
          const cell = row.cells[column];
          if (cell.dataset.value !== "") return Number(cell.dataset.value);
          return cell.matches(":empty") ? null : cell.textContent;
        }
        function sortBy(column, falling) {
          const rows = [...table.tBodies[0].rows].map(row => [key(row, column), row]);
          rows.sort(([a], [b]) => {
            if (a === null || b === null) return (a === null) - (b === null);
            const order = typeof a === "number" && typeof b === "number" ? a - b
              : String(a).localeCompare(String(b), undefined, { numeric: true });
            return falling ? -order : order;
          });
          table.tBodies[0].append(...rows.map(([, row]) => row));
          heads.forEach(head => head.removeAttribute("aria-sort"));
          heads[column].setAttribute("aria-sort", falling ? "descending" : "ascending");
        }
        heads.forEach((head, column) => {
          const button = head.querySelector("button");
          if (button) button.onclick = () => sortBy(column, head.getAttribute("aria-sort") === "ascending");
        });
        """

    /// Clips start together, and again when the longest has ended.
    private static let playing = """
        const data = JSON.parse(document.getElementById("clips").textContent);
        const [stage, choice, which] = ["stage", "case", "which"].map(id => document.getElementById(id));
        const [toggle, place] = ["play", "place"].map(id => document.getElementById(id));
        let videos = [], isPlaying = !matchMedia("(prefers-reduced-motion: reduce)").matches;
        const longest = () => Math.max(0, ...videos.map(video => video.duration || 0));
        function seek(seconds) { videos.forEach(v => v.currentTime = Math.min(seconds, v.duration || seconds)); }
        function restart() {
          toggle.textContent = isPlaying ? "Pause" : "Play";
          videos.forEach(video => isPlaying ? video.play().catch(() => {}) : video.pause());
        }
        function show() {
          stage.replaceChildren();
          for (const trial of data.trials) {
            const address = trial.clips[choice.value];
            if (!address || (which.value === "best" && !trial.isBest)) continue;
            const figure = document.createElement("figure"), video = document.createElement("video");
            Object.assign(video, { src: address, muted: true, playsInline: true, preload: "auto" });
            video.setAttribute("aria-label", trial.name);
            const text = document.createElement("figcaption"), note = document.createElement("span");
            text.textContent = trial.trial + " " + trial.name;
            note.textContent = trial.note;
            text.append(note);
            figure.append(video, text);
            stage.append(figure);
          }
          videos = [...stage.querySelectorAll("video")];
          videos.forEach(video => video.onended = () => {
            if (isPlaying && videos.every(other => other.ended)) { seek(0); restart(); }
          });
          Promise.all(videos.map(video => new Promise(ready => {
            video.onloadeddata = video.onerror = ready;
          }))).then(restart);
        }
        data.cases.forEach((name, index) => choice.append(new Option(name, index)));
        choice.onchange = which.onchange = show;
        toggle.onclick = () => { isPlaying = !isPlaying; restart(); };
        place.oninput = () => { isPlaying = false; restart(); seek(place.value * longest()); };
        setInterval(() => {
          if (isPlaying && longest() > 0) place.value = Math.max(...videos.map(v => v.currentTime)) / longest();
        }, 100);
        show();
        """
}
