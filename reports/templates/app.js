"use strict";
/* A report is shown in a frame as it is, byte for byte. It is given the height of its content from here, since its policy lets
   no script run but its own; and its links to its own sections stay within it, since a frame without an address takes them for
   links to this page. */
(() => {
  const known = new WeakSet();
  const within = (page) => (event) => {
    const link = event.target.closest("a[href]");
    if (!link || link.protocol === "data:") return;
    event.preventDefault();
    const target = page.getElementById(link.hash.slice(1));
    if (!target) return;
    target.tabIndex = -1;
    target.focus({preventScroll: true});
    target.scrollIntoView();
  };
  const keep = (frame) => {
    const page = frame.contentDocument;
    if (!frame.srcdoc || !page?.body?.childElementCount || known.has(page)) return;
    known.add(page);
    const fit = () => { frame.style.height = `${Math.ceil(page.body.getBoundingClientRect().height)}px`; };
    new frame.contentWindow.ResizeObserver(fit).observe(page.body);
    page.addEventListener("click", within(page));
  };
  const frames = () => document.querySelectorAll("iframe.stIFrame").forEach(keep);
  if (!document.body.dataset.frames) document.addEventListener("load", frames, true);
  document.body.dataset.frames = "kept";
  frames();
})();
