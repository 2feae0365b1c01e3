"use strict";
const root = document.documentElement;
const all = (selector, within = document) => [...within.querySelectorAll(selector)];

/** Sliders of the maps: each sets the property of the style that bears its name. */
function slide(slider) {
  const draw = () => {
    root.style.setProperty(`--${slider.id}`, `${slider.value}%`);
    const told = slider.nextElementSibling;
    if (told) told.value = `${slider.value} %`;
  };
  slider.addEventListener("input", draw);
  draw();
}

/** The map follows a pointer that is drawn across it. */
function compareOn(picture, slider) {
  const follow = (event) => {
    if (event.buttons !== 1) return;
    const { left, width } = picture.getBoundingClientRect();
    slider.value = Math.round(100 * (event.clientX - left) / width);
    slider.dispatchEvent(new Event("input"));
  };
  picture.addEventListener("pointerdown", follow);
  picture.addEventListener("pointermove", follow);
}

/** Maps are hidden while the button, or its key anywhere in the section, is held. */
function hold(button, section) {
  const hide = (held) => {
    section.classList.toggle("held", held);
    button.setAttribute("aria-pressed", held);
  };
  const isMeant = (event) => !event.ctrlKey && !event.metaKey && !event.altKey &&
    (event.key.toLowerCase() === "h" || (event.target === button && [" ", "Enter"].includes(event.key)));
  button.addEventListener("pointerdown", () => hide(true));
  for (const end of ["pointerup", "pointercancel", "pointerleave", "blur"]) button.addEventListener(end, () => hide(false));
  section.addEventListener("keydown", (event) => { if (isMeant(event)) { event.preventDefault(); hide(true); } });
  section.addEventListener("keyup", () => hide(false));
  section.addEventListener("focusout", () => hide(false));
}

/** Tabs as WAI-ARIA describes them: one is in the tab order, arrows choose. The last one shows all panels. */
function tabs(list) {
  const buttons = [...list.children], last = buttons.length - 1;
  const shownBy = (tab) => tab.getAttribute("aria-controls").split(" ");
  const choose = (at) => {
    buttons.forEach((tab, place) => {
      tab.setAttribute("aria-selected", place === at);
      tab.tabIndex = place === at ? 0 : -1;
    });
    for (const id of shownBy(buttons[last])) document.getElementById(id).hidden = !shownBy(buttons[at]).includes(id);
  };
  for (const tab of buttons.slice(0, last)) {
    const panel = document.getElementById(shownBy(tab)[0]);
    panel.setAttribute("role", "tabpanel");
    panel.setAttribute("aria-labelledby", tab.id);
    panel.tabIndex = 0;
  }
  list.addEventListener("click", (event) => { if (buttons.includes(event.target)) choose(buttons.indexOf(event.target)); });
  list.addEventListener("keydown", (event) => {
    const at = buttons.indexOf(event.target);
    const to = { ArrowRight: at === last ? 0 : at + 1, ArrowLeft: at === 0 ? last : at - 1, Home: 0, End: last }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    choose(to);
    buttons[to].focus();
  });
  choose(0);
}

/** A reader's call becomes a file to download. Noting a blind one opens the report, and the call stays as it is. */
function review(form) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const isBlind = form.dataset.blind === "true";
    const { call, reviewer, notes } = Object.fromEntries(new FormData(form));
    const noted = new Date().toISOString();
    const told = { schema: "xaifake.review/1", case: JSON.parse(form.dataset.case), call, notes, reviewer, noted, blind: isBlind };
    const link = form.querySelector(".noted a");
    link.href = `data:application/json,${encodeURIComponent(`${JSON.stringify(told, null, 2)}\n`)}`;
    link.download = form.dataset.file;
    form.querySelector(".noted b").textContent = `${call}, ${reviewer}, ${noted}`;
    form.querySelector(".noted p").hidden = false;
    if (!isBlind) return;
    for (const field of form.elements) field.disabled = true;
    reveal();
    link.focus();
  });
}

function reveal() {
  const closed = document.getElementById("closed");
  const report = document.importNode(closed.content, true);
  closed.replaceWith(report);
  all("#review form").forEach(review);
  maps();
}

function maps() {
  const section = document.getElementById("evidence");
  all("input[type=range]", section).forEach(slide);
  all(".stack", section).forEach((picture) => compareOn(picture, document.getElementById("compare")));
  all("[role=tablist]", section).forEach(tabs);
  hold(document.getElementById("hide"), section);
}

root.classList.add("scripted");
all("form.review").forEach(review);
if (document.getElementById("evidence")) maps();
