/** Adds up this process's processor time by part, milliseconds. */
export class CpuParts {
  readonly spent: Record<string, number> = {};

  timed<T>(part: string, action: () => T): T {
    const start = process.cpuUsage();
    const result = action();
    this.#add(part, start);
    return result;
  }

  async timedAsync(part: string, action: () => Promise<unknown>): Promise<void> {
    const start = process.cpuUsage();
    await action();
    this.#add(part, start);
  }

  #add(part: string, start: NodeJS.CpuUsage): void {
    const { user, system } = process.cpuUsage(start);
    this.spent[part] = (this.spent[part] ?? 0) + (user + system) / 1000;
  }
}
