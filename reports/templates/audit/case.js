"use strict";
/** An element with these properties and children; texts are texts, never markup. */
function make(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

/** One picture from near, beneath the gallery. */
function caseView({ told, say, detail, draw, photograph, bars, isHere, go, leave, state, found }) {
  const section = document.getElementById("case"), { cases, methods } = told;
  const slot = (name) => section.querySelector(`[data-slot=${name}]`);
  let at = -1;

  const mapOf = ({ maps }) => maps.find(({ method }) => method === state().map) ?? maps[0] ?? null;
  const cell = (text, tag = "td") => make(tag, { textContent: text, ...(tag === "th" && { scope: "row" }) });

  function fillTable(name, rows, heads) {
    const part = section.querySelector(`[data-part=${name}]`);
    part.hidden = rows.length === 0;
    part.querySelector("tbody")?.replaceChildren(...rows.map((cells) => make("tr", {}, ...cells)));
    if (heads) part.querySelector("thead tr").replaceChildren(part.querySelector("thead th"), ...heads.map((text) => make("th", { scope: "col", textContent: text })));
  }

  function outcomeOf(number) {
    if (number === undefined) return cell(say("missing"));
    const [mark, word] = told.tests.outcomes[number];
    return make("td", {}, make("span", { className: "mark", ariaHidden: "true", textContent: mark }), word);
  }

  function tables({ parts, checks, copies, facts }) {
    fillTable("parts", parts.map(([name, side, value, share]) => {
      const length = make("span", { className: `share ${side === "FAKE" ? "fake" : "real"}` });
      length.style.setProperty("--share", share);
      return [cell(name, "th"), cell(side), make("td", { className: "n" }, value, length)];
    }));
    const asked = Object.entries(told.tests.titles).filter(([name]) => Object.values(checks).some((of) => name in of));
    fillTable("checks", asked.map(([name, title]) => [cell(title, "th"), ...Object.values(checks).map((of) => outcomeOf(of[name]))]), Object.keys(checks));
    fillTable("copies", copies.map(([change, ...rest]) => [cell(change, "th"), ...rest.map((text) => cell(text))]));
    fillTable("facts", facts.map(([name, text]) => [cell(told.titles[name] ?? name, "th"), cell(text)]));
  }

  function tabs({ maps }) {
    slot("tabs").hidden = maps.length === 0;
    slot("tabs").replaceChildren(...maps.map(({ method }) => {
      const { name, title } = methods[method], tab = make("button", { type: "button", id: `case-tab-${name}`, textContent: title });
      tab.dataset.method = method;
      tab.setAttribute("role", "tab");
      tab.setAttribute("aria-controls", "case-map");
      return tab;
    }));
  }

  function choose(map) {
    for (const tab of slot("tabs").children) {
      const isChosen = Number(tab.dataset.method) === map?.method;
      tab.tabIndex = isChosen ? 0 : -1;
      tab.setAttribute("aria-selected", isChosen);
      if (isChosen) slot("map").setAttribute("aria-labelledby", tab.id);
    }
  }

  function drawMap() {
    if (at < 0 || !isHere(at) || !methods.length) return;
    const map = mapOf(detail(at)), method = map && methods[map.method], pane = slot("pane");
    choose(map);
    slot("method").textContent = method?.title ?? "";
    draw(pane, map, 224);
    pane.setAttribute("role", "img");
    pane.setAttribute("aria-label", map?.told ?? say("no_maps"));
    slot("told").textContent = map?.told ?? say("no_maps");
    const isEmpty = map && map.own === 0, isHatched = map && map.cellsOf.includes(HATCHED);
    bars(slot("map").querySelector("[data-bar]"), isEmpty ? null : method, map);
    const notes = map ? [say(map.isReduced ? "reduced" : "grid", map), ...(isEmpty ? [say("empty")] : []), ...(method.inPlane ? [say("in_plane")] : []), ...(isHatched ? [say("hatched")] : [])] : [];
    slot("grid").textContent = notes.join("; ");
  }

  /** Where it stands among those that the filter leaves. */
  function place() {
    const now = found().indexOf(at);
    slot("position").textContent = now < 0 ? say("beyond") : say("position", { place: now + 1, all: found().length });
    for (const button of section.querySelectorAll("[data-step]")) button.disabled = now < 0 || found()[now + Number(button.dataset.step)] === undefined;
  }

  function fill() {
    const { name, page } = cases[at];
    slot("name").textContent = name;
    for (const part of section.querySelectorAll(".beside, .columns, [data-part], .tabs, .controls:has([data-set])")) part.hidden = !isHere(at);
    if (!isHere(at)) {
      slot("sentences").replaceChildren(make("p", {}, make("a", { href: told.files[page - 1] + location.hash, textContent: say("elsewhere", { page }) })));
      return;
    }
    const known = detail(at), [first, ...rest] = [known.sentence, ...known.further];
    slot("sentences").replaceChildren(make("p", { className: "sentence", textContent: first }), make("p", { textContent: rest.join(" ") }));
    for (const pane of section.querySelectorAll(".pane")) { pane.replaceChildren(); photograph(pane, at); }
    slot("picture").setAttribute("role", "img");
    slot("picture").setAttribute("aria-label", say("picture", { name }));
    slot("caption").textContent = say("caption", known);
    tables(known);
    if (methods.length) tabs(known);
    section.querySelector("[data-part=quote]").hidden = cases[at].number === null;
    slot("quote").textContent = say("quoted", { ...known, scope: known.scope && `${known.scope} `, status: say("status"), picture: known.sha256, detector: told.detector });
    slot("copied").textContent = "";
    section.querySelector("[data-part=page]").hidden = !known.page;
    if (known.page) slot("page").href = known.page;
  }

  /** Shows a picture; without one, the first that the filter leaves. One that was asked for is gone to. */
  function show(open, arrive) {
    const before = at;
    at = open >= 0 ? open : found()[0] ?? -1;
    document.getElementById("case-view").hidden = at < 0;
    if (at < 0) return;
    if (at !== before) fill();
    place();
    if (open >= 0 && arrive) { section.scrollIntoView(); slot("name").focus({ preventScroll: true }); }
  }

  function step(by) {
    const next = found()[found().indexOf(at) + by];
    if (next !== undefined) go({ open: next });
  }

  section.addEventListener("click", ({ target }) => {
    const button = target.closest("button");
    if (button?.dataset.step) step(Number(button.dataset.step));
    else if (button?.dataset.method) go({ map: Number(button.dataset.method), open: at });
    else if (button?.matches("[data-back]")) leave(at);
    else if (button?.matches("[data-copy]")) {
      getSelection().selectAllChildren(slot("quote"));
      navigator.clipboard?.writeText(slot("quote").textContent).then(() => { slot("copied").textContent = say("copied"); }, () => {});
    }
  });
  section.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const way = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (event.key === "Escape") leave(at);
    else if (way && event.target.getAttribute("role") === "tab") {
      const tabs = [...slot("tabs").children], next = tabs[(tabs.indexOf(event.target) + way + tabs.length) % tabs.length];
      event.preventDefault();
      next.click();
      next.focus();
    } else if (way && !event.target.matches("input, .scroll")) { event.preventDefault(); step(way); }
  });
  return { show, draw: drawMap };
}
