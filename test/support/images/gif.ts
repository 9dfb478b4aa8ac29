/** A GIF of two pictures of 1x1 pixel, shown one after the other. */
export const animatedGif = Buffer.from(
  '4749463839610100010080000000000000ffffff' + // header, two colours
    '21ff0b4e45545343415045322e300301000000' + // repeat for ever
    '21f904000a0000002c000000000100010000020144' + // a tenth of a second
    '0021f904000a0000002c00000000010001000002014c003b',
  'hex',
);
