;; Dot products. Vectors lie $stride bytes apart, a multiple of 64, so that one
;; loop serves all dimensions. Several sums at once keep the multipliers busy in
;; spite of their latency. Rows are read strictly one after the other: two or four
;; at once need fewer loads, but the processor then fetches them from memory at
;; half the speed (measured). So a search waits for memory, not for arithmetic
;; (docs/performance.md, "Gallery search").
;;
;; `npm run build:wasm` makes dot-products-wasm.ts of it, twice: as it stands, with
;; the multiply-add of relaxed SIMD, which an engine may lack, and with a
;; multiplication and an addition in its place. For that each relaxed_madd stands
;; alone on its line, adding into the local that the line sets.
(module
  (memory (export "memory") 1)

  ;; One query with $n rows: for each row its score at $out, four bytes on for the next.
  (func (export "dots")
    (param $query i32) (param $row i32) (param $n i32) (param $stride i32) (param $out i32)
    (local $at i32) (local $row_end i32)
    (local $s0 v128) (local $s1 v128) (local $s2 v128) (local $s3 v128)
    (block $done
      (loop $rows
        (br_if $done (i32.eqz (local.get $n)))
        (local.set $s0 (v128.const i32x4 0 0 0 0))
        (local.set $s1 (v128.const i32x4 0 0 0 0))
        (local.set $s2 (v128.const i32x4 0 0 0 0))
        (local.set $s3 (v128.const i32x4 0 0 0 0))
        (local.set $at (local.get $query))
        (local.set $row_end (i32.add (local.get $row) (local.get $stride)))
        (loop $columns
          (local.set $s0 (f32x4.relaxed_madd (v128.load (local.get $at)) (v128.load (local.get $row)) (local.get $s0)))
          (local.set $s1 (f32x4.relaxed_madd (v128.load offset=16 (local.get $at)) (v128.load offset=16 (local.get $row)) (local.get $s1)))
          (local.set $s2 (f32x4.relaxed_madd (v128.load offset=32 (local.get $at)) (v128.load offset=32 (local.get $row)) (local.get $s2)))
          (local.set $s3 (f32x4.relaxed_madd (v128.load offset=48 (local.get $at)) (v128.load offset=48 (local.get $row)) (local.get $s3)))
          (local.set $at (i32.add (local.get $at) (i32.const 64)))
          (local.set $row (i32.add (local.get $row) (i32.const 64)))
          (br_if $columns (i32.lt_u (local.get $row) (local.get $row_end))))
        (local.set $s0
          (f32x4.add
            (f32x4.add (local.get $s0) (local.get $s1))
            (f32x4.add (local.get $s2) (local.get $s3))))
        (f32.store (local.get $out)
          (f32.add
            (f32.add (f32.add (f32x4.extract_lane 0 (local.get $s0)) (f32x4.extract_lane 1 (local.get $s0))) (f32x4.extract_lane 2 (local.get $s0)))
            (f32x4.extract_lane 3 (local.get $s0))))
        (local.set $out (i32.add (local.get $out) (i32.const 4)))
        (local.set $n (i32.sub (local.get $n) (i32.const 1)))
        (br $rows))))

  ;; Eight queries with $n rows. The queries lie interleaved, 16 bytes of each in
  ;; turn; the scores of query i start at $out + i * $out_stride.
  (func (export "dotsOfEight")
    (param $query i32) (param $row i32) (param $n i32) (param $stride i32) (param $out i32)
    (param $out_stride i32)
    (local $at i32) (local $row_end i32) (local $score i32)
    (local $part v128)
    (local $s0 v128) (local $s1 v128) (local $s2 v128) (local $s3 v128)
    (local $s4 v128) (local $s5 v128) (local $s6 v128) (local $s7 v128)
    (block $done
      (loop $rows
        (br_if $done (i32.eqz (local.get $n)))
        (local.set $s0 (v128.const i32x4 0 0 0 0))
        (local.set $s1 (v128.const i32x4 0 0 0 0))
        (local.set $s2 (v128.const i32x4 0 0 0 0))
        (local.set $s3 (v128.const i32x4 0 0 0 0))
        (local.set $s4 (v128.const i32x4 0 0 0 0))
        (local.set $s5 (v128.const i32x4 0 0 0 0))
        (local.set $s6 (v128.const i32x4 0 0 0 0))
        (local.set $s7 (v128.const i32x4 0 0 0 0))
        (local.set $at (local.get $query))
        (local.set $row_end (i32.add (local.get $row) (local.get $stride)))
        (loop $columns
          (local.set $part (v128.load (local.get $row)))
          (local.set $s0 (f32x4.relaxed_madd (v128.load (local.get $at)) (local.get $part) (local.get $s0)))
          (local.set $s1 (f32x4.relaxed_madd (v128.load offset=16 (local.get $at)) (local.get $part) (local.get $s1)))
          (local.set $s2 (f32x4.relaxed_madd (v128.load offset=32 (local.get $at)) (local.get $part) (local.get $s2)))
          (local.set $s3 (f32x4.relaxed_madd (v128.load offset=48 (local.get $at)) (local.get $part) (local.get $s3)))
          (local.set $s4 (f32x4.relaxed_madd (v128.load offset=64 (local.get $at)) (local.get $part) (local.get $s4)))
          (local.set $s5 (f32x4.relaxed_madd (v128.load offset=80 (local.get $at)) (local.get $part) (local.get $s5)))
          (local.set $s6 (f32x4.relaxed_madd (v128.load offset=96 (local.get $at)) (local.get $part) (local.get $s6)))
          (local.set $s7 (f32x4.relaxed_madd (v128.load offset=112 (local.get $at)) (local.get $part) (local.get $s7)))
          (local.set $at (i32.add (local.get $at) (i32.const 128)))
          (local.set $row (i32.add (local.get $row) (i32.const 16)))
          (br_if $columns (i32.lt_u (local.get $row) (local.get $row_end))))
        (local.set $score (local.get $out))
        (f32.store (local.get $score)
          (f32.add
            (f32.add (f32.add (f32x4.extract_lane 0 (local.get $s0)) (f32x4.extract_lane 1 (local.get $s0))) (f32x4.extract_lane 2 (local.get $s0)))
            (f32x4.extract_lane 3 (local.get $s0))))
        (local.set $score (i32.add (local.get $score) (local.get $out_stride)))
        (f32.store (local.get $score)
          (f32.add
            (f32.add (f32.add (f32x4.extract_lane 0 (local.get $s1)) (f32x4.extract_lane 1 (local.get $s1))) (f32x4.extract_lane 2 (local.get $s1)))
            (f32x4.extract_lane 3 (local.get $s1))))
        (local.set $score (i32.add (local.get $score) (local.get $out_stride)))
        (f32.store (local.get $score)
          (f32.add
            (f32.add (f32.add (f32x4.extract_lane 0 (local.get $s2)) (f32x4.extract_lane 1 (local.get $s2))) (f32x4.extract_lane 2 (local.get $s2)))
            (f32x4.extract_lane 3 (local.get $s2))))
        (local.set $score (i32.add (local.get $score) (local.get $out_stride)))
        (f32.store (local.get $score)
          (f32.add
            (f32.add (f32.add (f32x4.extract_lane 0 (local.get $s3)) (f32x4.extract_lane 1 (local.get $s3))) (f32x4.extract_lane 2 (local.get $s3)))
            (f32x4.extract_lane 3 (local.get $s3))))
        (local.set $score (i32.add (local.get $score) (local.get $out_stride)))
        (f32.store (local.get $score)
          (f32.add
            (f32.add (f32.add (f32x4.extract_lane 0 (local.get $s4)) (f32x4.extract_lane 1 (local.get $s4))) (f32x4.extract_lane 2 (local.get $s4)))
            (f32x4.extract_lane 3 (local.get $s4))))
        (local.set $score (i32.add (local.get $score) (local.get $out_stride)))
        (f32.store (local.get $score)
          (f32.add
            (f32.add (f32.add (f32x4.extract_lane 0 (local.get $s5)) (f32x4.extract_lane 1 (local.get $s5))) (f32x4.extract_lane 2 (local.get $s5)))
            (f32x4.extract_lane 3 (local.get $s5))))
        (local.set $score (i32.add (local.get $score) (local.get $out_stride)))
        (f32.store (local.get $score)
          (f32.add
            (f32.add (f32.add (f32x4.extract_lane 0 (local.get $s6)) (f32x4.extract_lane 1 (local.get $s6))) (f32x4.extract_lane 2 (local.get $s6)))
            (f32x4.extract_lane 3 (local.get $s6))))
        (local.set $score (i32.add (local.get $score) (local.get $out_stride)))
        (f32.store (local.get $score)
          (f32.add
            (f32.add (f32.add (f32x4.extract_lane 0 (local.get $s7)) (f32x4.extract_lane 1 (local.get $s7))) (f32x4.extract_lane 2 (local.get $s7)))
            (f32x4.extract_lane 3 (local.get $s7))))
        (local.set $score (i32.add (local.get $score) (local.get $out_stride)))
        (local.set $out (i32.add (local.get $out) (i32.const 4)))
        (local.set $n (i32.sub (local.get $n) (i32.const 1)))
        (br $rows)))))
