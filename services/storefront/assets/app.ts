import 'htmx.org';
import { drawBadge } from './scripts/badge.ts';
import { offerCopies } from './scripts/copy.ts';
import { dismissOnOutside } from './scripts/dismiss.ts';
import { serialiseFirstAdd } from './scripts/first-add.ts';
import { focusProblem } from './scripts/focus.ts';
import { tidyListings } from './scripts/listing.ts';
import { closeNotices, tellFailures } from './scripts/notices.ts';
import { sendOnce } from './scripts/once.ts';
import { suggestProducts } from './scripts/search.ts';
import { stepQuantities } from './scripts/stepper.ts';

/** Every page works without any of this; here it only becomes livelier. */
drawBadge();
serialiseFirstAdd();
tellFailures();
closeNotices();
suggestProducts();
stepQuantities();
tidyListings();
sendOnce();
offerCopies();
dismissOnOutside();
focusProblem();
