/** Names of the backups of one data folder, in a folder that several may share. */
export class BackupNames {
  readonly #start: string;

  /** @param signer fingerprint of the key that signs them: it tells data folders apart */
  constructor(signer: string) {
    this.#start = `nightglass-${signer.slice(0, 8)}-`;
  }

  /** Of a backup that is made now. */
  at(now: number): string {
    const time = new Date(now).toISOString().replace(/\.\d+Z$/, 'Z');
    return `${this.#start}${time.replaceAll(/[-:]/g, '')}.age`;
  }

  /** When a backup of that name was made, wall milliseconds; undefined for any other file. */
  timeOf(name: string): number | undefined {
    if (!name.startsWith(this.#start)) return undefined;
    const found = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z\.age$/.exec(
      name.slice(this.#start.length),
    );
    if (found === null) return undefined;
    const [, year, month, day, hour, minute, second] = found;
    const time = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
    return Number.isNaN(time) ? undefined : time;
  }

  /** True for what a killed program left of one that was being written. */
  isRest(name: string): boolean {
    return name.endsWith('.part') && this.timeOf(name.slice(0, -'.part'.length)) !== undefined;
  }
}
