import { Readable } from 'node:stream';

export interface Owner {
  uid: number;
  gid: number;
}

/** A folder as a tar stream in which everything belongs to `owner`, whoever owns it here. */
export function packedAs(folder: string, owner: Owner): Readable {
  return Readable.from(ownedBy(folder, owner));
}

async function* ownedBy(folder: string, owner: Owner): AsyncGenerator<Buffer> {
  const { create } = await import('tar');
  yield* create(
    {
      cwd: folder,
      onWriteEntry(entry) {
        if (entry.stat) Object.assign(entry.stat, owner);
      },
    },
    ['.'],
  );
}

/** Who owns the first entry of a tar stream, by its header. Source: POSIX pax, ustar interchange format. */
export function ownerIn(header: Buffer): Owner {
  const octal = (from: number): number => Number.parseInt(header.toString('latin1', from, from + 8), 8) || 0;
  return { uid: octal(108), gid: octal(116) };
}
