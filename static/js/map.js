// Moves and enlarges the maps that the server drew. Every map is there, and is told, without it.
"use strict";

const STEP = 80; // pixels an arrow moves the map
const DRAGGED = 6; // pixels beyond which a press was no click

function setUp(figure) {
  const frame = figure.querySelector("[data-map-frame]");
  const drawing = frame && frame.querySelector("svg");
  if (!drawing || figure.dataset.mapReady) {
    return;
  }
  figure.dataset.mapReady = "yes";
  frame.setAttribute("tabindex", "0");
  frame.setAttribute("role", "group");
  frame.setAttribute("aria-label", "Carte à déplacer avec les flèches, à agrandir avec + et −");
  const view = window.Panzoom(drawing, {
    contain: "outside",
    cursor: "default",
    maxScale: 12,
    minScale: 1,
    panOnlyWhenZoomed: true,
    step: 0.4,
    touchAction: "pan-y",
  });
  listenToButtons(figure, view);
  listenToKeys(frame, view);
  listenToPointer(frame, view);
  listenToHover(figure, drawing);
}

// Panzoom measures what is drawn: in the midst of a glide it measures wrong, and a second key or
// press would leave the map enlarged where it should be back.
const AT_ONCE = { animate: false };

function act(view, what) {
  ({ in: view.zoomIn, out: view.zoomOut, reset: view.reset })[what](AT_ONCE);
}

function listenToButtons(figure, view) {
  for (const button of figure.querySelectorAll("[data-map-zoom]")) {
    button.addEventListener("click", () => act(view, button.dataset.mapZoom));
  }
}

function listenToKeys(frame, view) {
  const zooms = { "+": "in", "=": "in", "-": "out", 0: "reset" };
  const moves = { ArrowLeft: [1, 0], ArrowRight: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
  frame.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) {
      return;
    }
    const [zoom, move] = [zooms[event.key], moves[event.key]];
    if (zoom) {
      event.preventDefault();
      act(view, zoom);
    } else if (move && view.getScale() > 1) {
      event.preventDefault(); // at its first size the map has nowhere to go: the page scrolls
      const scale = view.getScale();
      view.pan((move[0] * STEP) / scale, (move[1] * STEP) / scale, { relative: true });
    }
  });
}

function listenToPointer(frame, view) {
  // Without Ctrl the wheel scrolls the page, unless the map was chosen by a click or by Tab.
  frame.addEventListener(
    "wheel",
    (event) => {
      if (event.ctrlKey || frame === document.activeElement) {
        view.zoomWithWheel(event);
      }
    },
    { passive: false },
  );
  let start = null;
  let told = null;
  frame.addEventListener("dragstart", (event) => event.preventDefault());
  frame.addEventListener("pointerdown", (event) => (start = event), true);
  frame.addEventListener(
    "click",
    (event) => {
      const [x, y] = start ? [start.clientX, start.clientY] : [event.clientX, event.clientY];
      const isMove = Math.hypot(event.clientX - x, event.clientY - y) > DRAGGED;
      const link = event.target.closest("a");
      const isFirstTouch = start && start.pointerType === "touch" && link !== told;
      if (isMove || isFirstTouch) {
        event.preventDefault(); // the end of a move opens nothing; a first touch only tells
      }
      told = link;
    },
    true,
  );
  frame.querySelector("svg").addEventListener("panzoomchange", (event) => {
    // A finger scrolls the page while there is nowhere to move the map.
    view.setOptions({ touchAction: event.detail.scale > 1 ? "none" : "pan-y" });
    // Lines and numbers grow less than the land.
    event.target.style.setProperty("--map-zoom", event.detail.scale ** 0.7);
  });
}

// What is pointed at is written under the map, where a thumb or an enlarged screen can read it.
function listenToHover(figure, drawing) {
  const said = figure.querySelector("[data-map-said]");
  drawing.addEventListener("pointerover", (event) => {
    const shape = event.target.closest("a") || event.target.closest("path");
    const title = shape && shape.querySelector("title");
    if (title) {
      said.textContent = title.textContent;
    }
  });
}

// Reaching a row of the table lights its CPTS or its commune on the map.
function light(link, isOn) {
  const address = CSS.escape(link.getAttribute("href"));
  const shapes = `.map-svg a[href="${address}"], .map-svg [data-of="${address}"]`;
  document.querySelectorAll(shapes).forEach((shape) => shape.classList.toggle("is-lit", isOn));
}

for (const name of ["pointerover", "focusin", "pointerout", "focusout"]) {
  document.addEventListener(name, (event) => {
    const link = event.target instanceof Element && event.target.closest("[data-map-link]");
    if (link) {
      light(link, name === "pointerover" || name === "focusin");
    }
  });
}

function setUpAll() {
  document.querySelectorAll("[data-map]").forEach(setUp);
}

document.addEventListener("DOMContentLoaded", setUpAll);
document.addEventListener("htmx:afterSettle", setUpAll);
