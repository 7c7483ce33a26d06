/// What the page does beside showing itself.
enum PageScript {
  /// The SHA-256 of `text` in base64: browsers run it, and no other script. A test says the right value.
  static let hash = "VLOjcbCSLlsP82SII5Q9bL6KfdCubAli+7qI1n0KyB0="

  /// Arrow keys go through the devices of one function; a click or Enter keeps a device's facts in view, with a button that
  /// copies them; Escape or a click elsewhere lets go. The search, all of whose words have to match, and the list of pods
  /// let all other devices fade; Enter goes from the search to its first device.
  static let text = HTML.verbatim(
    """

    (() => {
      const cells = [...document.querySelectorAll("main .cell")];
      const search = document.querySelector(".search");
      const buttons = [...document.querySelectorAll(".pod button")];
      const copy = document.createElement("button");
      Object.assign(copy, {type: "button", className: "copy", textContent: "Copy facts", hidden: true});
      document.body.append(copy);
      let kept = null;

      const show = match => {
        document.body.classList.toggle("picked", Boolean(match));
        let count = 0;
        for (const cell of cells) {
          const hit = Boolean(match) && match(cell);
          cell.classList.toggle("hit", hit);
          if (hit) count += 1;
        }
        return count;
      };
      const ofPod = number => cell => cell.classList.contains(`p${number}`);
      let facts = null;
      const factsOf = cell => {
        facts = facts || new Map(cells.map(one =>
          [one, [...one.querySelectorAll("dd")].map(fact => fact.textContent).join(" ").toLowerCase()]));
        return facts.get(cell);
      };
      const refresh = () => {
        const text = search ? search.querySelector("input").value.trim().toLowerCase() : "";
        const output = search && search.querySelector("output");
        if (text) {
          const words = text.split(/\\s+/);
          const count = show(cell => words.every(word => factsOf(cell).includes(word)));
          output.textContent = count === 1 ? "1 device" : `${count} devices`;
          return;
        }
        if (output) output.textContent = "";
        show(kept === null ? null : ofPod(kept));
      };
      if (search) {
        search.hidden = false;
        search.querySelector("input").addEventListener("input", refresh);
        search.querySelector("input").addEventListener("keydown", event => {
          const first = event.key === "Enter" && document.querySelector("main .hit");
          if (first) first.focus();
        });
      }
      for (const button of buttons) {
        const number = button.parentElement.dataset.pod;
        button.addEventListener("mouseenter", () => show(ofPod(number)));
        button.addEventListener("mouseleave", refresh);
        button.addEventListener("focus", () => show(ofPod(number)));
        button.addEventListener("blur", refresh);
        button.addEventListener("click", () => {
          kept = kept === number ? null : number;
          for (const one of buttons) one.setAttribute("aria-pressed", String(one.parentElement.dataset.pod === kept));
          refresh();
        });
      }

      const pin = cell => {
        for (const one of cells) one.classList.toggle("pinned", one === cell && !one.classList.contains("pinned"));
        copy.hidden = !document.querySelector(".pinned");
        copy.textContent = "Copy facts";
      };
      copy.addEventListener("click", async () => {
        const cell = document.querySelector(".pinned");
        if (!cell) return;
        const rows = [...cell.querySelectorAll(".facts > div")];
        const text = rows.map(row => [...row.children].map(one => one.textContent).join(": ")).join("\\n");
        try {
          await navigator.clipboard.writeText(text);
        } catch {
          // A page without TLS may not use the clipboard: the old way still works there.
          const area = document.createElement("textarea");
          area.value = text;
          document.body.append(area);
          area.select();
          document.execCommand("copy");
          area.remove();
        }
        copy.textContent = "Copied";
      });

      document.addEventListener("click", event => {
        if (event.target.closest(".facts, .copy")) return;
        const cell = event.target.closest("main .cell");
        if (cell) pin(cell);
        else if (!event.target.closest("button, input, summary")) pin(null);
      });
      document.addEventListener("keydown", event => {
        const cell = event.target.closest("main .cell");
        if (event.key === "Escape") {
          pin(null);
          if (cell) cell.blur();
          return;
        }
        if (!cell) return;
        if (event.key === "Enter") return pin(cell);
        const row = [...cell.parentElement.children].filter(one => one.classList.contains("cell"));
        const at = row.indexOf(cell);
        const above = row.findIndex(one => one.offsetTop > row[0].offsetTop);
        const width = above < 0 ? row.length : above;
        const step = {ArrowRight: 1, ArrowLeft: -1, ArrowDown: width, ArrowUp: -width}[event.key];
        if (!step || !row[at + step]) return;
        event.preventDefault();
        row[at + step].focus();
      });
    })();

    """)
}
