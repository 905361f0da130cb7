/** Something that runs. What it opened is closed in the opposite order, also when a later part could not be opened. */
export class Running {
  private constructor(
    /** Where it listens: `http://127.0.0.1:3000`. */
    readonly origin: string,
    private readonly opened: AsyncDisposableStack,
  ) {}

  /** @param open notes in the stack what it opens, and answers where it listens. */
  static async start(open: (opened: AsyncDisposableStack) => Promise<string>): Promise<Running> {
    const opened = new AsyncDisposableStack();
    try {
      return new Running(await open(opened), opened);
    } catch (error) {
      await opened.disposeAsync();
      throw error;
    }
  }

  async stop(): Promise<void> {
    await this.opened.disposeAsync();
  }
}
