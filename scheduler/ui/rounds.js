export default function ({ parentElement, data, setTriggerValue }) {
  const root = parentElement.querySelector(".rounds");
  if (root.shown !== data.html) {
    const at = root.getRootNode().activeElement?.dataset?.key;
    root.innerHTML = data.html;
    root.shown = data.html;
    if (at) root.querySelector(`[data-key="${CSS.escape(at)}"]`)?.focus({ preventScroll: true });
  }
  root.onclick = (event) => {
    const visit = event.target.closest("[data-key]");
    if (!visit) return;
    setTriggerValue("picked", visit.dataset.key);
    // On a phone what is said about the visit stands elsewhere: the screen goes there.
    if (matchMedia("(max-width: 640px)").matches) document.querySelector(".st-key-panel")?.scrollIntoView();
  };
}
