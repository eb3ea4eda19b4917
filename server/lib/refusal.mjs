// What is not done, said in words that help: no stack, since nothing of ours is broken.

export class Refusal extends Error {
  /** `code` is the program's exit code: 1, or 2 where the command line makes no sense. */
  constructor(message, code = 1) {
    super(message);
    this.code = code;
  }
}
