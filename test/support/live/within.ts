import { firstValueFrom, type Observable, timeout } from 'rxjs';
import { filter } from 'rxjs/operators';

/** The first value that satisfies `wanted`; fails with `what` after `ms` milliseconds. */
export function within<T>(
  ms: number,
  what: string,
  source$: Observable<T>,
  wanted: (value: T) => boolean = () => true,
): Promise<T> {
  return firstValueFrom(
    source$.pipe(
      filter(wanted),
      timeout({
        first: ms,
        with: () => {
          throw new Error(`${what}: not within ${ms} ms`);
        },
      }),
    ),
  );
}
