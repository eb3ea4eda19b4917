// What a team pays in all: so much for each person, by the month or the year.

const EACH = { monthly: [32, "month"], yearly: [320, "year"] };
const people = document.querySelector(".seats input");
const total = document.querySelector(".seats output");

addEventListener("input", () => {
  const [each, span] = EACH[document.querySelector(".period input:checked").value];
  const count = Math.max(5, people.valueAsNumber || 0);
  total.textContent = `£${(each * count).toLocaleString("en-GB")} a ${span}`;
});
