// The floor of `cargo xtask bench submit`: what workerd itself needs for a request that nothing is done about.
export default {
  fetch: () => new Response("ok"),
};
