/** Alerts remembered at most, by id: those that a replay could bring again. */
const capacity = 10_000;

/** The duplicate guard: which alerts were delivered in which revision, and where to resume. */
export class AlertMemory {
  readonly #revisions = new Map<string, number>();
  #newest: string | undefined;

  /** @param since where to resume from at first */
  constructor(since?: string) {
    this.#newest = since;
  }

  /** Id of the newest alert that was delivered; undefined before the first. */
  get since(): string | undefined {
    return this.#newest;
  }

  /** Notes where to resume from, if nothing newer was delivered. */
  resumeFrom(id: string): void {
    if (this.#newest === undefined || id > this.#newest) this.#newest = id;
  }

  /** True for an alert or revision that was not delivered before; records it. */
  isNew({ id, revision }: { readonly id: string; readonly revision: number }): boolean {
    const known = this.#revisions.get(id);
    if (known !== undefined && known >= revision) return false;
    this.#revisions.delete(id);
    this.#revisions.set(id, revision);
    if (this.#revisions.size > capacity) {
      const oldest = this.#revisions.keys().next();
      if (!oldest.done) this.#revisions.delete(oldest.value);
    }
    this.resumeFrom(id);
    return true;
  }
}
