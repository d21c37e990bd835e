// Explorers and films within a page. An explorer is a still picture until it is brought to life.

// Put the explorer itself in the place of its still picture, then do something with its <iframe>.
function bringToLife(box, then = () => {}) {
  const frame = box.querySelector("iframe");
  if (frame.srcdoc) return;
  const bytes = Uint8Array.from(atob(frame.dataset.page), (letter) => letter.charCodeAt(0));
  frame.addEventListener("load", () => {
    box.classList.add("live");
    then(frame);
    frame.contentWindow.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !event.defaultPrevented) frame.blur(); // keys are the page's again
    });
  });
  frame.srcdoc = new TextDecoder().decode(bytes);
}

// Show a film from its beginning.
function playAnew(film) {
  if (film.matches("video")) {
    film.currentTime = 0;
    film.play();
    return;
  }
  film.dataset.film ??= film.src;
  const bytes = Uint8Array.from(atob(film.dataset.film.split(",")[1]), (l) => l.charCodeAt(0));
  URL.revokeObjectURL(film.src);
  film.src = URL.createObjectURL(new Blob([bytes], { type: "image/gif" })); // a new one begins anew
}
