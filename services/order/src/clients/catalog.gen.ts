export interface paths {
    "/internal/prices": {
        post: {
            parameters: { query?: never; header?: never; path?: never; cookie?: never };
            requestBody: {
                content: {
                    "application/json": { lines: { sku: string; quantity: number }[] };
                };
            };
            responses: {
                200: {
                    headers: { [name: string]: unknown };
                    content: {
                        "application/json": {
                            lines: {
                                sku: string;
                                name: string;
                                options: { [key: string]: string };
                                picture: { name: string; alt: string } | null;
                                quantity: number;
                                price: { amount: number; currency: string };
                                available: number;
                            }[];
                            unknown: string[];
                        };
                    };
                };
            };
        };
    };
    "/internal/reservations/{orderId}": {
        put: {
            parameters: { query?: never; header?: never; path: { orderId: string }; cookie?: never };
            requestBody: {
                content: {
                    "application/json": { lines: { sku: string; quantity: number }[]; holdSeconds: number };
                };
            };
            responses: {
                200: {
                    headers: { [name: string]: unknown };
                    content: {
                        "application/json": { orderId: string; expiresAt: string; state: string };
                    };
                };
                409: {
                    headers: { [name: string]: unknown };
                    content: {
                        "application/problem+json": { code: string; lines?: { sku: string; available: number }[] } & { [key: string]: unknown };
                    };
                };
            };
        };
    };
    "/internal/reservations/{orderId}/commit": {
        post: {
            parameters: { query?: never; header?: never; path: { orderId: string }; cookie?: never };
            requestBody?: never;
            responses: {
                200: {
                    headers: { [name: string]: unknown };
                    content: {
                        "application/json": { orderId: string; state: string };
                    };
                };
                409: {
                    headers: { [name: string]: unknown };
                    content: {
                        "application/problem+json": { code: string } & { [key: string]: unknown };
                    };
                };
            };
        };
    };
    "/internal/reservations/{orderId}/release": {
        post: {
            parameters: { query?: never; header?: never; path: { orderId: string }; cookie?: never };
            requestBody?: never;
            responses: {
                200: {
                    headers: { [name: string]: unknown };
                    content: {
                        "application/json": { orderId: string; state: string };
                    };
                };
            };
        };
    };
}
