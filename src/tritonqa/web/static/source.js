// Bring the marked words into view: on the page's picture where there is one, in its text otherwise.
(document.querySelector(".sheet rect") ?? document.getElementById("here"))?.scrollIntoView({ block: "center" });
