;; 8-bit RGB pixels to three planes of float32, (value - mean) / scale, sixteen
;; pixels at once. A loop in JavaScript takes ten times as long: a millisecond for
;; each picture that the detector sees. `npm run build:wasm` makes
;; pixel-planes-wasm.ts of it.
(module
  (memory (export "memory") 1)

  ;; $groups groups of sixteen pixels, from $source; a plane a channel.
  (func (export "planes")
    (param $source i32) (param $groups i32)
    (param $plane0 i32) (param $plane1 i32) (param $plane2 i32)
    (param $mean0 f32) (param $mean1 f32) (param $mean2 f32)
    (param $scale0 f32) (param $scale1 f32) (param $scale2 f32)
    (local $a v128) (local $b v128) (local $c v128) (local $gathered v128)
    (local $means0 v128) (local $means1 v128) (local $means2 v128)
    (local $scales0 v128) (local $scales1 v128) (local $scales2 v128)
    (local.set $means0 (f32x4.splat (local.get $mean0)))
    (local.set $means1 (f32x4.splat (local.get $mean1)))
    (local.set $means2 (f32x4.splat (local.get $mean2)))
    (local.set $scales0 (f32x4.splat (local.get $scale0)))
    (local.set $scales1 (f32x4.splat (local.get $scale1)))
    (local.set $scales2 (f32x4.splat (local.get $scale2)))
    (block $done
      (loop $each
        (br_if $done (i32.eqz (local.get $groups)))
        (local.set $a (v128.load align=1 (local.get $source)))
        (local.set $b (v128.load offset=16 align=1 (local.get $source)))
        (local.set $c (v128.load offset=32 align=1 (local.get $source)))

        ;; Channel 0: its bytes out of $a and $b, then out of $c; widened a quarter at a time.
        (local.set $gathered
          (i8x16.shuffle 0 1 2 3 4 5 6 7 8 9 10 17 20 23 26 29
            (i8x16.shuffle 0 3 6 9 12 15 18 21 24 27 30 0 0 0 0 0
              (local.get $a) (local.get $b))
            (local.get $c)))
        (v128.store align=4 (local.get $plane0)
          (f32x4.div
            (f32x4.sub
              (f32x4.convert_i32x4_s
                (i32x4.extend_low_i16x8_u (i16x8.extend_low_i8x16_u (local.get $gathered))))
              (local.get $means0))
            (local.get $scales0)))
        (v128.store offset=16 align=4 (local.get $plane0)
          (f32x4.div
            (f32x4.sub
              (f32x4.convert_i32x4_s
                (i32x4.extend_high_i16x8_u (i16x8.extend_low_i8x16_u (local.get $gathered))))
              (local.get $means0))
            (local.get $scales0)))
        (v128.store offset=32 align=4 (local.get $plane0)
          (f32x4.div
            (f32x4.sub
              (f32x4.convert_i32x4_s
                (i32x4.extend_low_i16x8_u (i16x8.extend_high_i8x16_u (local.get $gathered))))
              (local.get $means0))
            (local.get $scales0)))
        (v128.store offset=48 align=4 (local.get $plane0)
          (f32x4.div
            (f32x4.sub
              (f32x4.convert_i32x4_s
                (i32x4.extend_high_i16x8_u (i16x8.extend_high_i8x16_u (local.get $gathered))))
              (local.get $means0))
            (local.get $scales0)))
        (local.set $plane0 (i32.add (local.get $plane0) (i32.const 64)))

        ;; Channel 1: its bytes out of $a and $b, then out of $c; widened a quarter at a time.
        (local.set $gathered
          (i8x16.shuffle 0 1 2 3 4 5 6 7 8 9 10 18 21 24 27 30
            (i8x16.shuffle 1 4 7 10 13 16 19 22 25 28 31 0 0 0 0 0
              (local.get $a) (local.get $b))
            (local.get $c)))
        (v128.store align=4 (local.get $plane1)
          (f32x4.div
            (f32x4.sub
              (f32x4.convert_i32x4_s
                (i32x4.extend_low_i16x8_u (i16x8.extend_low_i8x16_u (local.get $gathered))))
              (local.get $means1))
            (local.get $scales1)))
        (v128.store offset=16 align=4 (local.get $plane1)
          (f32x4.div
            (f32x4.sub
              (f32x4.convert_i32x4_s
                (i32x4.extend_high_i16x8_u (i16x8.extend_low_i8x16_u (local.get $gathered))))
              (local.get $means1))
            (local.get $scales1)))
        (v128.store offset=32 align=4 (local.get $plane1)
          (f32x4.div
            (f32x4.sub
              (f32x4.convert_i32x4_s
                (i32x4.extend_low_i16x8_u (i16x8.extend_high_i8x16_u (local.get $gathered))))
              (local.get $means1))
            (local.get $scales1)))
        (v128.store offset=48 align=4 (local.get $plane1)
          (f32x4.div
            (f32x4.sub
              (f32x4.convert_i32x4_s
                (i32x4.extend_high_i16x8_u (i16x8.extend_high_i8x16_u (local.get $gathered))))
              (local.get $means1))
            (local.get $scales1)))
        (local.set $plane1 (i32.add (local.get $plane1) (i32.const 64)))

        ;; Channel 2: its bytes out of $a and $b, then out of $c; widened a quarter at a time.
        (local.set $gathered
          (i8x16.shuffle 0 1 2 3 4 5 6 7 8 9 16 19 22 25 28 31
            (i8x16.shuffle 2 5 8 11 14 17 20 23 26 29 0 0 0 0 0 0
              (local.get $a) (local.get $b))
            (local.get $c)))
        (v128.store align=4 (local.get $plane2)
          (f32x4.div
            (f32x4.sub
              (f32x4.convert_i32x4_s
                (i32x4.extend_low_i16x8_u (i16x8.extend_low_i8x16_u (local.get $gathered))))
              (local.get $means2))
            (local.get $scales2)))
        (v128.store offset=16 align=4 (local.get $plane2)
          (f32x4.div
            (f32x4.sub
              (f32x4.convert_i32x4_s
                (i32x4.extend_high_i16x8_u (i16x8.extend_low_i8x16_u (local.get $gathered))))
              (local.get $means2))
            (local.get $scales2)))
        (v128.store offset=32 align=4 (local.get $plane2)
          (f32x4.div
            (f32x4.sub
              (f32x4.convert_i32x4_s
                (i32x4.extend_low_i16x8_u (i16x8.extend_high_i8x16_u (local.get $gathered))))
              (local.get $means2))
            (local.get $scales2)))
        (v128.store offset=48 align=4 (local.get $plane2)
          (f32x4.div
            (f32x4.sub
              (f32x4.convert_i32x4_s
                (i32x4.extend_high_i16x8_u (i16x8.extend_high_i8x16_u (local.get $gathered))))
              (local.get $means2))
            (local.get $scales2)))
        (local.set $plane2 (i32.add (local.get $plane2) (i32.const 64)))

        (local.set $source (i32.add (local.get $source) (i32.const 48)))
        (local.set $groups (i32.sub (local.get $groups) (i32.const 1)))
        (br $each)))))
