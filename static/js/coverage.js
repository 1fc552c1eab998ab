// The page of coverage: its form acts at once. Without script the form has a button.
"use strict";

// Both colourings are in the drawing: changing needs no request. A year replaces a written date.
document.addEventListener(
  "change",
  (event) => {
    const form = event.target.closest("[data-map-form]");
    if (form && event.target.name === "couleur") {
      event.stopPropagation();
      document.querySelector("[data-map]")?.setAttribute("data-map-colour", event.target.value);
      const address = new URL(window.location.href);
      address.searchParams.set("couleur", event.target.value);
      window.history.replaceState(window.history.state, "", address);
    } else if (form && event.target.name === "annee") {
      form.elements.date.value = "";
    }
  },
  true,
);

// The map that came is told to those who do not see it.
document.addEventListener("htmx:afterSettle", () => {
  const title = document.querySelector("[data-map-title]");
  document.querySelector("[data-map-announce]").textContent = title ? title.textContent : "";
});
