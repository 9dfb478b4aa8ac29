/** Patterns that tell zones from masks without their colours: stripes, and a lattice. */
export function Hatches({ id }: { id: string }) {
  const tile = { patternUnits: 'userSpaceOnUse', width: 22, height: 22 } as const;
  return (
    <>
      <pattern id={`${id}-zone`} {...tile} patternTransform="rotate(45)">
        <rect class="hatch-zone-ground" width="22" height="22" />
        <line class="hatch-zone" x1="0" y1="0" x2="0" y2="22" />
      </pattern>
      <pattern id={`${id}-mask`} {...tile} patternTransform="rotate(45)">
        <rect class="hatch-mask-ground" width="22" height="22" />
        <path class="hatch-mask" d="M0 0H22M0 0V22" />
      </pattern>
    </>
  );
}
