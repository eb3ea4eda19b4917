// One question to an object, and the text of its answer. In JavaScript, so that what lies between them is one call and one wait of the
// module, and none of the runtime's objects crosses into it.
export async function ask(stub, question) {
  const answer = await stub.fetch("https://object/ask", { method: "POST", body: question });
  const text = await answer.text();
  if (answer.status !== 200) throw new Error(text);
  return text;
}

// The runtime's own wraps what it is given in an object of C++ each time: a twentieth of what a submission costs, since every step
// of every future is queued by it (js-sys). A promise of the same request does the same.
globalThis.queueMicrotask = (work) => void Promise.resolve().then(work);
