// What scrolls sideways can be reached by the keyboard.
addEventListener("load", () => {
  const watcher = new ResizeObserver(entries => {
    for (const { target } of entries)
      if (target.scrollWidth > target.clientWidth) target.tabIndex = 0;
      else target.removeAttribute("tabindex");
  });
  for (const one of document.querySelectorAll(".md-typeset__scrollwrap, .md-typeset__table, pre > code")) watcher.observe(one);
});
