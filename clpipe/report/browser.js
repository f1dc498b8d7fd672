"use strict";
// The browser of replies. What a model wrote is only ever set as text, never as markup.
(() => {
  const PAGE = 25;
  const find = (id) => document.getElementById(id);
  const data = JSON.parse(find("replies").textContent);
  const form = find("browse"), rows = find("browse-rows"), count = find("browse-count");
  const back = find("browse-back"), next = find("browse-next"), after = find("browse-after");
  let page = 0;

  const chosen = () => {
    const value = (name) => form.elements[name].value;
    return {
      arm: data.arms[Number(value("arm"))], seed: value("seed"), family: value("family"), side: value("side"),
      outcome: value("outcome"), search: value("search").trim().toLowerCase(),
    };
  };

  const matches = (want, runs) => {
    const found = [];
    data.tasks.forEach(([family, side, prompt, gold], i) => {
      if (want.family !== "" && family !== Number(want.family)) return;
      if (want.side !== "" && side !== Number(want.side)) return;
      if (want.outcome !== "" && runs.outcome[i] !== want.outcome) return;
      const texts = [prompt, gold, data.texts[runs.before[i]], data.texts[runs.after[i]]];
      if (want.search === "" || texts.some((text) => text.toLowerCase().includes(want.search))) found.push(i);
    });
    return found;
  };

  const cell = (tag, label, text) => {
    const made = document.createElement(tag);
    made.dataset.label = label;
    const held = document.createElement("span");
    held.className = "said";
    held.dir = "auto";
    held.textContent = text;
    if (text.trim() === "") { held.textContent = "(empty)"; held.className = "said none"; }
    made.append(held);
    return made;
  };

  const line = (i, runs, episodes) => {
    const [family, side, prompt, gold] = data.tasks[i];
    const made = document.createElement("tr");
    const first = cell("th", "Task", prompt);
    first.scope = "row";
    const note = document.createElement("span");
    note.className = "note";
    note.textContent = `${data.families[family]}, ${data.sides[side]}`;
    first.append(note);
    const outcome = document.createElement("td");
    outcome.dataset.label = "Outcome";
    const mark = document.createElement("span");
    const kind = Number(runs.outcome[i]);
    mark.className = `mark ${["open", "not", "holds", "open"][kind]}`;
    mark.textContent = data.outcomes[kind];
    outcome.append(mark);
    made.append(first, cell("td", "Right answer", gold), cell("td", "Reply before", data.texts[runs.before[i]]),
      cell("td", `Reply after ${episodes}`, data.texts[runs.after[i]]), outcome);
    return made;
  };

  const show = () => {
    const want = chosen();
    const runs = want.arm.seeds[want.seed];
    if (!runs) {
      rows.replaceChildren();
      count.textContent = `${want.arm.name} has no seed ${want.seed}`;
      back.disabled = next.disabled = true;
      return;
    }
    const found = matches(want, runs);
    const last = Math.max(0, Math.ceil(found.length / PAGE) - 1);
    page = Math.min(page, last);
    const start = page * PAGE;
    rows.replaceChildren(...found.slice(start, start + PAGE).map((i) => line(i, runs, want.arm.episodes)));
    after.textContent = `Reply after ${want.arm.episodes}`;
    count.textContent = found.length === 0
      ? `No task of ${data.tasks.length} fits`
      : `${found.length} of ${data.tasks.length} tasks; ${start + 1} to ${Math.min(start + PAGE, found.length)} shown`;
    back.disabled = page === 0;
    next.disabled = page === last;
  };

  const turn = (by) => { page += by; show(); };
  form.addEventListener("input", () => { page = 0; show(); });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(() => { page = 0; show(); }));
  back.addEventListener("click", () => turn(-1));
  next.addEventListener("click", () => turn(1));
  find("browser-note").hidden = true;
  find("browser").hidden = false;
  show();
})();
