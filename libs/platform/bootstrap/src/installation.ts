/** Where this installation lives and how the world reaches it. */
export class Installation {
  private origin: string | null = null;

  /**
   * @param dataDirectory absolute path.
   * @param statedUrl `PUBLIC_URL`, when it is set.
   */
  constructor(
    readonly dataDirectory: string,
    private readonly statedUrl: string | undefined,
  ) {}

  /** Told once the server listens. */
  listensAt(origin: string): void {
    this.origin = origin;
  }

  /** Without a slash at the end: what links in letters, alerts and answers begin with. */
  get publicUrl(): string {
    const url = this.statedUrl ?? this.origin;
    if (url === null) throw new Error('The public URL is asked for before the server listens');
    return url.replace(/\/+$/, '');
  }
}
