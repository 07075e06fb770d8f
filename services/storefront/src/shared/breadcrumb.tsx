interface BreadcrumbProps {
  trail: readonly { slug: string; name: string }[];
  /** The page itself, after the trail. */
  here?: string | undefined;
}

export function Breadcrumb({ trail, here }: BreadcrumbProps) {
  return (
    <nav class="breadcrumb" aria-label="You are here">
      <ol role="list">
        <li>
          <a href="/">Home</a>
        </li>
        {trail.map(({ slug, name }) => (
          <li>
            <a href={`/c/${slug}`} safe>
              {name}
            </a>
          </li>
        ))}
        {here !== undefined && (
          <li>
            <span aria-current="page" safe>
              {here}
            </span>
          </li>
        )}
      </ol>
    </nav>
  );
}
