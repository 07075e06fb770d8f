/** A bad example that the scan must refuse: a product's name goes into the page as it is. */
export function Unescaped({ name }: { name: string }) {
  return <h1>{name}</h1>;
}
