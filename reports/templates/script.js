"use strict";
const slider = document.getElementById("opacity");
const draw = () => {
  document.documentElement.style.setProperty("--opacity", slider.value / 100);
  slider.nextElementSibling.value = `${slider.value} %`;
};
document.documentElement.classList.add("scripted");
slider.addEventListener("input", draw);
draw();
