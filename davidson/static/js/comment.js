/* Fetches a signed time when a reader first turns to the form. Without it the comment is only looked at a little closer. */
const form = document.getElementById("comment-form");

async function noteStart() {
  if (form.elements.started.value) {
    return; // A form that came back says already when it was begun.
  }
  const answer = await fetch("/comments/started", { credentials: "omit" });
  if (answer.ok) {
    form.elements.started.value = (await answer.text()).trim();
  }
}

if (form?.elements.started) {
  form.addEventListener("focusin", () => noteStart().catch(() => undefined), { once: true });
}
