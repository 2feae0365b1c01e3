"use strict";
/** A gallery: filter, order, map and open picture stand in the address, and everything follows from it. */
function gallery(told) {
  const section = document.getElementById("gallery"), list = section.querySelector("ul.exhibits");
  const { cases, facets, methods, words, sorts } = told;
  const ramps = Object.fromEntries(Object.entries(told.ramps).map(([name, text]) => [name, new Uint32Array(bytesOf(text).buffer)]));
  const looks = { scale: "common", look: "smooth", sides: "both", opacity: 60 };
  const collator = new Intl.Collator(undefined, { numeric: true }), chunks = new Map(), cards = new Map(), waiting = new Set();
  const STEP = 48;
  let state = { chosen: new Map(), sort: "risk", map: 0, open: -1 }, found = [], shown = 0;

  const say = (name, values = {}) => words[name].replace(/\{(\w+)\}/g, (_, key) => values[key].toLocaleString("en"));
  const isHere = (at) => cases[at].page === told.page;

  /** What is drawn of a picture of this page. Chunks are read when one of their pictures is first asked for. */
  function detail(at) {
    const place = at - told.first, number = Math.floor(place / told.chunk);
    if (!chunks.has(number)) chunks.set(number, JSON.parse(document.getElementById(`gallery-${number}`).textContent));
    return chunks.get(number)[place % told.chunk];
  }

  function pictureOf(at) {
    const { still, image } = detail(at);
    if (still === undefined) return image && `data:image/webp;base64,${image}`;
    return section.querySelector(`[data-still="${still}"]`)?.src;
  }

  const limitOf = (map) => looks.scale === "own" ? map.own : methods[map.method].common;
  const rampOf = (map) => ramps[methods[map.method].hasSign ? "signed" : "sensitive"];

  /** A map laid on its picture, or one that lies on none alone. */
  function draw(pane, map, size) {
    const canvas = pane.querySelector("canvas") ?? pane.appendChild(document.createElement("canvas"));
    canvas.hidden = !map;
    pane.classList.toggle("alone", Boolean(map) && methods[map.method].inPlane);
    if (!map) return;
    const smooth = looks.look === "smooth" && !map.cells;
    paint(canvas, map, rampOf(map), { limit: limitOf(map), smooth, onlyFake: looks.sides === "fake", size });
  }

  function photograph(pane, at) {
    const source = pictureOf(at);
    const element = make(source ? "img" : "span", source ? { alt: "", decoding: "async" } : { className: "missing", textContent: say("no_picture") });
    if (source) element.src = source;
    pane.prepend(element);
  }

  function read(hash) {
    const text = hash.slice(1);
    if (text && !/^(gallery([=&]|$)|case=)/.test(text)) return state;
    const isPlain = ["", "gallery"].includes(text) && told.page > 1;  // a further page shows its own pictures first
    const asked = new URLSearchParams(isPlain ? `page=${told.page}` : text), chosen = new Map();
    for (const [at, { key, choices }] of facets.entries()) {
      const place = choices.findIndex(([value]) => value === asked.get(key));
      if (place >= 0) chosen.set(at, place);
    }
    const method = methods.findIndex(({ name }) => name === asked.get("map"));
    return {
      chosen,
      sort: sorts.includes(asked.get("sort")) ? asked.get("sort") : "risk",
      map: asked.get("map") === "none" ? -1 : Math.max(method, 0),
      open: cases.findIndex(({ id }) => id === asked.get("case")),
    };
  }

  /** The address of the present state with some of it changed. */
  function addressOf(changes) {
    const { chosen, sort, map, open } = { ...state, ...changes }, parts = new URLSearchParams();
    if (open >= 0) parts.set("case", cases[open].id);
    for (const [at, place] of [...chosen].sort(([a], [b]) => a - b)) parts.set(facets[at].key, facets[at].choices[place][0]);
    if (sort !== "risk") parts.set("sort", sort);
    if (map !== 0) parts.set("map", map < 0 ? "none" : methods[map].name);
    const rest = String(parts) || (told.page > 1 ? "page=all" : "");
    return open >= 0 ? `#${rest}` : `#gallery${rest && `&${rest}`}`;
  }

  const go = (changes) => { location.hash = addressOf(changes); };

  function arranged() {
    const fits = ({ facets: has }) => [...state.chosen].every(([at, place]) => has[at].includes(place));
    const places = [...cases.keys()].filter((at) => fits(cases[at]));
    const falling = (name) => (a, b) => (cases[b][name] ?? -1) - (cases[a][name] ?? -1);
    const orders = { score: falling("number"), outside: falling("outside"), name: (a, b) => collator.compare(cases[a].name, cases[b].name) };
    return state.sort === "risk" ? places : places.sort(orders[state.sort]);
  }

  /** A picture in one sentence, as those hear it who do not see it. */
  function sentenceOf({ name, score, number, outcome }, reasons) {
    const start = number === null ? say("told_unusable", { name }) : say("told", { name, score, outcome: told.outcomes[outcome][1] });
    return reasons ? `${start} ${say("told_reasons", { reasons })}` : start;
  }

  function card(at) {
    if (cards.has(at)) return cards.get(at);
    const { name, score, page } = cases[at], [mark, outcome] = told.outcomes[cases[at].outcome];
    const reasons = cases[at].reasons.map((reason) => say(`reason_${reason}`)).join(", ");
    const pane = make("span", { className: "pane" });
    const link = make("a", { tabIndex: -1 }, pane,
      make("span", { className: "name", textContent: name }),
      make("span", {}, make("b", { textContent: score }), " ", make("span", { className: "mark", ariaHidden: "true", textContent: mark }), outcome),
      make("span", { className: "note", textContent: reasons }));
    link.setAttribute("aria-label", sentenceOf(cases[at], reasons));
    if (!isHere(at)) pane.append(make("span", { className: "missing", textContent: say("elsewhere", { page }) }));
    const item = make("li", {}, link);
    item.dataset.at = at;
    cards.set(at, item);
    return item;
  }

  function fill(item) {
    const at = Number(item.dataset.at), pane = item.querySelector(".pane");
    if (!isHere(at)) return;
    if (!pane.querySelector("img, .missing")) photograph(pane, at);
    const { maps } = detail(at), map = maps.find(({ method }) => method === state.map);
    draw(pane, map, 112);
    pane.querySelector(".badge")?.remove();
    if (!map && state.map >= 0) pane.append(make("span", { className: "badge", textContent: say("lacks", methods[state.map]) }));
  }

  /** What comes into view is drawn a few at a time, so that the page never stops. */
  const watch = new IntersectionObserver((seen) => {
    const isIdle = waiting.size === 0;
    for (const { isIntersecting, target } of seen) if (isIntersecting) { waiting.add(target); watch.unobserve(target); }
    if (isIdle && waiting.size) setTimeout(drawSome);
  }, { rootMargin: "400px" });

  function drawSome() {
    const end = performance.now() + 12;
    for (const item of waiting) {
      waiting.delete(item);
      fill(item);
      if (performance.now() > end) break;
    }
    if (waiting.size) setTimeout(drawSome);
  }

  /** Whatever is seen of the present pictures is drawn again. */
  function redraw() {
    for (const item of list.children) { watch.unobserve(item); watch.observe(item); }
    bars(section.querySelector("[data-bar]"), methods[state.map]);
    oneCase.draw();
  }

  function bars(bar, method, map) {
    bar.hidden = !method;
    if (!method) return;
    const put = (name, text) => { bar.querySelector(`[data-bar=${name}]`).textContent = text; };
    const top = looks.scale === "common" ? method.commonTold : map?.ownTold ?? say("strongest");
    const low = top.startsWith("+") ? `−${top.slice(1)}` : top;
    put("left", say(method.hasSign ? "real" : "no_effect"));
    put("right", say(method.hasSign ? "fake" : "most_sensitive"));
    put("low", method.hasSign ? low : "0");
    put("zero", method.hasSign ? "0" : "");
    put("high", top);
    put("unit", say(`scale_${looks.scale}`, method));
    bar.querySelector("[data-bar=ramp]").src = told.bars[method.hasSign ? "signed" : "sensitive"];
  }

  function aim(item) {
    const at = Number(item.dataset.at);
    item.firstChild.href = `${isHere(at) ? "" : told.files[cases[at].page - 1]}${addressOf({ open: at })}`;
  }

  function extend(count) {
    const more = found.slice(shown, count);
    for (const at of more) {
      const item = card(at);
      aim(item);
      list.append(item);
      watch.observe(item);
    }
    shown += more.length;
    const button = section.querySelector("[data-more]");
    button.hidden = shown === found.length;
    button.textContent = say("more", { count: Math.min(STEP, found.length - shown) });
  }

  function tell() {
    const filters = [...state.chosen].map(([at, place]) => say("filter", { title: facets[at].title, shown: facets[at].choices[place][1] }));
    const sort = section.querySelector(`[data-sort] [value=${state.sort}]`).textContent;
    const map = methods.length ? [say("map", { map: methods[state.map]?.title ?? say("no_map") })] : [];
    const count = say("count", { shown: found.length, all: cases.length });
    const parts = [count, ...(filters.length ? filters : [say("unfiltered")]), say("sorted", { sort }), ...map];
    section.querySelector("[data-told]").textContent = `${parts.join("; ")}. ${found.length ? "" : say("nothing")}`;
    for (const [at, { key }] of facets.entries()) section.querySelector(`[data-facet="${key}"]`).value = state.chosen.get(at) ?? "";
    section.querySelector("[data-sort]").value = state.sort;
    if (methods.length) section.querySelector("[data-map]").value = methods[state.map]?.name ?? "none";
  }

  function show(next, arrive) {
    const before = found.join(), isNew = next.open !== state.open;
    state = next;
    found = arranged();
    if (found.join() !== before || shown === 0) {
      watch.disconnect();
      waiting.clear();
      list.replaceChildren();
      shown = 0;
      extend(STEP);
      rove(list.firstChild?.firstChild, false);
    } else for (const item of list.children) aim(item);
    tell();
    oneCase.show(state.open, arrive && isNew);
    redraw();
  }

  /** One picture is in the tab order; arrows choose it. */
  function rove(link, focus = true) {
    for (const item of list.children) item.firstChild.tabIndex = item.firstChild === link ? 0 : -1;
    if (focus) link?.focus();
  }

  function move(event) {
    const items = [...list.children], at = items.indexOf(event.target.closest("li"));
    const columns = Math.max(1, items.findIndex((item) => item.offsetTop > items[0].offsetTop));
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, ArrowDown: at + columns, ArrowUp: at - columns, Home: 0, End: items.length - 1 }[event.key];
    if (at < 0 || to === undefined || to < 0) return;
    event.preventDefault();
    if (to >= items.length) extend(shown + STEP);
    if (list.children[to]) rove(list.children[to].firstChild);
  }

  /** Back from a picture to its place among the others. */
  function leave(at) {
    go({ open: -1 });
    while (found.includes(at) && !cards.get(at)?.isConnected) extend(shown + STEP);
    if (cards.get(at)?.isConnected) rove(cards.get(at).firstChild);
  }

  function set(input) {
    looks[input.dataset.set] = input.value;
    for (const twin of document.querySelectorAll(`[data-set=${input.dataset.set}]`)) {
      if (twin.type === "radio") twin.checked = twin.value === input.value;
      else { twin.value = input.value; twin.nextElementSibling.value = `${input.value} %`; }
    }
    document.documentElement.style.setProperty("--veil", `${looks.opacity}%`);
    if (input.dataset.set !== "opacity") redraw();
  }

  /** What is printed: every picture that the filter leaves, each with all of its maps. */
  function unfold() {
    extend(found.length);
    for (const item of list.children) {
      fill(item);
      const at = Number(item.dataset.at);
      const others = isHere(at) ? detail(at).maps : [];
      const figures = others.map((map) => {
        const pane = make("span", { className: "pane" });
        if (!methods[map.method].inPlane) photograph(pane, at);
        draw(pane, map, 112);
        const scale = say("strongest_colour", { value: looks.scale === "own" ? map.ownTold : methods[map.method].commonTold, unit: methods[map.method].unit });
        return make("span", { className: "printed" }, pane, make("b", { textContent: methods[map.method].title }),
          make("span", { className: "note", textContent: `${map.told} ${scale}` }));
      });
      item.append(make("div", { className: "unfolded" }, ...figures));
    }
  }

  const fold = () => { for (const one of list.querySelectorAll(".unfolded")) one.remove(); };
  const oneCase = caseView({ told, say, detail, draw, photograph, bars, isHere, go, leave, state: () => state, found: () => found });

  section.addEventListener("change", ({ target }) => {
    if (target.dataset.facet) {
      const chosen = new Map(state.chosen), at = facets.findIndex(({ key }) => key === target.dataset.facet);
      if (target.value === "") chosen.delete(at); else chosen.set(at, Number(target.value));
      go({ chosen, open: -1 });
    } else if (target.matches("[data-sort]")) go({ sort: target.value, open: -1 });
    else if (target.matches("[data-map]")) go({ map: methods.findIndex(({ name }) => name === target.value), open: -1 });
  });
  document.addEventListener("input", ({ target }) => { if (target.dataset.set) set(target); });
  section.querySelector("[data-reset]").addEventListener("click", () => go({ chosen: new Map(), open: -1 }));
  section.querySelector("[data-more]").addEventListener("click", () => {
    const next = shown;
    extend(shown + STEP);
    rove(list.children[next]?.firstChild);
  });
  list.addEventListener("keydown", move);
  list.addEventListener("focusin", ({ target }) => rove(target.closest("a"), false));
  addEventListener("hashchange", () => show(read(location.hash), true));
  addEventListener("beforeprint", unfold);
  addEventListener("afterprint", fold);
  show(read(location.hash), true);
}

document.documentElement.classList.add("scripted");
if (document.getElementById("gallery-index")) gallery(JSON.parse(document.getElementById("gallery-index").textContent));
