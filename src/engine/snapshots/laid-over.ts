import { Readable } from 'node:stream';
import { create } from 'tar';

export interface Owner {
  uid: number;
  gid: number;
}

/** A folder as a tar stream in which everything belongs to `owner`, whoever owns it here. */
export function packedAs(folder: string, { uid, gid }: Owner): Readable {
  return Readable.from(
    create(
      {
        cwd: folder,
        onWriteEntry(entry) {
          if (entry.stat) Object.assign(entry.stat, { uid, gid });
        },
      },
      ['.'],
    ),
  );
}

/** Who owns the first entry of a tar stream, by its header. Source: POSIX pax, ustar interchange format. */
export function ownerIn(header: Buffer): Owner {
  const octal = (from: number): number => Number.parseInt(header.toString('latin1', from, from + 8), 8) || 0;
  return { uid: octal(108), gid: octal(116) };
}
