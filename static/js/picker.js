// On the map of a dossier, a click on a commune adds it or takes it away at once.
"use strict";

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-picker] a");
  const form = document.querySelector("[data-picker-form]");
  if (!link || !form || event.defaultPrevented) {
    return;
  }
  const code = new URL(link.getAttribute("href"), window.location).searchParams.get("q");
  const verb = link.closest(".map-chosen") ? "remove" : "add";
  event.preventDefault();
  form.action = `${form.dataset[verb].replace("00000", code)}#carte-choix`; // where the person was
  form.submit();
});
