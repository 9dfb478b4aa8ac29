/** Side of a painted face, pixels. */
export const paintedFaceSide = 144;

/**
 * Where a painted face's eyes are: middle between them, and their distance,
 * pixels. The five landmarks stand at the 112 template's places plus 16.
 */
export const paintedFaceEyes = { x: 71.9132, y: 67.5989, distance: 35.2377 } as const;

/** An aligned face with a soft mask, `paintedFaceSide` squared, rows top-down. */
export interface PaintedFace {
  /** RGB interleaved, 0..255. */
  readonly rgb: Float32Array;
  /** 0 (not the person) .. 1. */
  readonly alpha: Float32Array;
}

/** Paints faces of people who do not exist. */
export interface FacePainter {
  /**
   * One face. `identitySeed` says who; `appearance` (16 numbers, about
   * standard normal) how they look right now: pose, light, expression.
   */
  paint(identitySeed: number, appearance: Float32Array): Promise<PaintedFace>;
}
