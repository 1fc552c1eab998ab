// The portal's only script. Every page works without it.
"use strict";

// Brings people to the errors of a form, once it is shown again.
function focusErrorSummary(root) {
  const summary = root.querySelector("[data-error-summary]");
  if (summary) {
    summary.focus();
  }
}

// A table wider than the screen scrolls: the keyboard must reach it too.
function openWideTables() {
  for (const frame of document.querySelectorAll(".fr-table__container")) {
    if (frame.scrollWidth > frame.clientWidth) {
      frame.setAttribute("tabindex", "0");
    } else {
      frame.removeAttribute("tabindex");
    }
  }
}

document.addEventListener("DOMContentLoaded", () => {
  focusErrorSummary(document);
  openWideTables();
});
window.addEventListener("load", openWideTables);
window.addEventListener("resize", openWideTables);
document.addEventListener("htmx:afterSettle", (event) => {
  focusErrorSummary(event.detail.target);
  openWideTables();
});

// A refusal (409) or an invalid form (422) is a page part to show, not a failure to hide.
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.xhr.status === 409 || event.detail.xhr.status === 422) {
    event.detail.shouldSwap = true;
    event.detail.isError = false;
  }
});

// « Copier le lien »: the field can be copied by hand, so the button shows only where it works.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) {
    return;
  }
  const field = document.querySelector(button.dataset.copy);
  const status = button.parentElement.querySelector("[data-copied]");
  field.select();
  navigator.clipboard?.writeText(field.value).then(() => {
    status.textContent = status.dataset.copied;
  });
});
