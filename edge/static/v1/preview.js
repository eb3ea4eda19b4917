// In the preview nothing is sent: the widget asks the page first, and this page says no.
addEventListener("usher:submit", (event) => {
  event.preventDefault();
  document.getElementById("kept").textContent = "This is a preview: the form was complete, and was not sent.";
});
