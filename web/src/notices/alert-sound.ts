/** Short tones, made on the spot: no file, and not to be mistaken for a system sound. */
const tones = {
  tone: [
    { hertz: 660, at: 0 },
    { hertz: 880, at: 0.16 },
  ],
  // Higher, and three times.
  alarm: [0, 0.5, 1].flatMap((at) => [
    { hertz: 988, at },
    { hertz: 740, at: at + 0.16 },
  ]),
} as const;
export type AudibleSound = keyof typeof tones;
const seconds = 0.14;
const loudness = 0.18;

/** Plays a tone. Browsers hold it back until the page was clicked or a key was pressed. */
export class AlertSound {
  #context: AudioContext | undefined;

  /** True when the browser lets sound out. */
  get ready(): boolean {
    return this.#context?.state === 'running';
  }

  /** To be called from a click or a key. */
  async prepare(): Promise<void> {
    this.#context ??= new AudioContext();
    await this.#context.resume();
  }

  play(sound: AudibleSound = 'tone'): void {
    const context = this.#context;
    if (context?.state !== 'running') return;
    for (const { hertz, at } of tones[sound]) {
      const start = context.currentTime + at;
      const gain = context.createGain();
      // Without a ramp a tone begins and ends with a click.
      gain.gain.setValueAtTime(0, start);
      gain.gain.linearRampToValueAtTime(loudness, start + 0.01);
      gain.gain.setValueAtTime(loudness, start + seconds - 0.03);
      gain.gain.linearRampToValueAtTime(0, start + seconds);
      const oscillator = context.createOscillator();
      oscillator.frequency.value = hertz;
      oscillator.connect(gain).connect(context.destination);
      oscillator.start(start);
      oscillator.stop(start + seconds);
    }
  }

  close(): void {
    void this.#context?.close();
    this.#context = undefined;
  }
}
