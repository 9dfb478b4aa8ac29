/** Which faces count by their size; pixels of the camera's picture. */
export interface FaceSizeDraft {
  /** The box of a face, or the distance between its eyes. */
  readonly by: 'box' | 'eyes';
  /** Null: no limit. */
  readonly smallest: number | null;
  readonly largest: number | null;
}

export type SizeLimit = 'smallest' | 'largest';

/** Sides of the box of a usual face, in distances between its eyes. */
const boxesAnEyeDistance = 2.3;
/** What the configuration takes. */
const bounds: Readonly<Record<SizeLimit, readonly [number, number]>> = {
  smallest: [1, 4000],
  largest: [4, 8000],
};

export function faceSizeOf(value: unknown): FaceSizeDraft {
  const known = (typeof value === 'object' ? value : null) as Record<string, unknown> | null;
  const { by, smallest, largest } = known ?? {};
  return {
    by: by === 'eyes' ? 'eyes' : 'box',
    smallest: typeof smallest === 'number' && smallest > 0 ? smallest : null,
    largest: typeof largest === 'number' ? largest : null,
  };
}

/** As the configuration writes it; undefined where every face counts. */
export function faceSizeSettings({ by, smallest, largest }: FaceSizeDraft) {
  if (smallest === null && largest === null) return undefined;
  return {
    by,
    ...(smallest === null ? {} : { smallest }),
    ...(largest === null ? {} : { largest }),
  };
}

export function isSizeFault({ smallest, largest }: FaceSizeDraft): boolean {
  return largest !== null && largest <= (smallest ?? 0);
}

/** Within what the configuration takes, whole pixels. */
export function boundedSize(limit: SizeLimit, size: number): number {
  const [least, most] = bounds[limit];
  return Math.min(most, Math.max(least, Math.round(size)));
}

/** Side of the box that stands for a size, pixels of the picture. */
export function sideOf({ by }: Pick<FaceSizeDraft, 'by'>, size: number): number {
  return by === 'eyes' ? size * boxesAnEyeDistance : size;
}

/** The size that a box of this side stands for. */
export function sizeOf({ by }: Pick<FaceSizeDraft, 'by'>, side: number): number {
  return by === 'eyes' ? side / boxesAnEyeDistance : side;
}
