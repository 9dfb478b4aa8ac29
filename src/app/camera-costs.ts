/** Weight of what was measured before against what is measured now. */
const memory = 0.7;

/**
 * What cameras cost, shares of a core: the processor time of this process, divided by how many
 * frames of each were analysed. It is measured, so it holds for what the models and the pictures
 * really take; it is even among frames, so a crowd costs its neighbours too.
 */
export class CameraCosts {
  readonly #frames = new Map<string, number>();
  readonly #costs = new Map<string, number>();
  #cpu: number;
  #at: number;

  /** @param cpu seconds of processor time so far; `now` in milliseconds, monotonic */
  constructor(cpu: number, now: number) {
    this.#cpu = cpu;
    this.#at = now;
  }

  get costs(): ReadonlyMap<string, number> {
    return this.#costs;
  }

  analysed(cameraId: string): void {
    this.#frames.set(cameraId, (this.#frames.get(cameraId) ?? 0) + 1);
  }

  forget(cameraId: string): void {
    this.#frames.delete(cameraId);
    this.#costs.delete(cameraId);
  }

  /** Takes in what was used since the last time. */
  measure(cpu: number, now: number): void {
    const seconds = (now - this.#at) / 1000;
    const used = Math.max(0, cpu - this.#cpu);
    const frames = [...this.#frames.values()].reduce((sum, count) => sum + count, 0);
    if (seconds <= 0) return;
    this.#cpu = cpu;
    this.#at = now;
    for (const [id, count] of this.#frames) {
      const share = (used / seconds) * (count / frames);
      const before = this.#costs.get(id);
      this.#costs.set(id, before === undefined ? share : memory * before + (1 - memory) * share);
    }
    this.#frames.clear();
  }
}
