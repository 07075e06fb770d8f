export interface paths {
    "/api/catalog/variants": {
        get: {
            parameters: { query: { sku: string[] }; header?: never; path?: never; cookie?: never };
            requestBody?: never;
            responses: {
                200: {
                    headers: { [name: string]: unknown };
                    content: {
                        "application/json": {
                            items: {
                                sku: string;
                                slug: string;
                                name: string;
                                options: { [key: string]: string };
                                picture: { name: string; alt: string } | null;
                                price: { amount: number; currency: string };
                                available: number;
                            }[];
                        };
                    };
                };
            };
        };
    };
}
