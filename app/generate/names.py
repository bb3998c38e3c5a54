"""What people and categories are called."""

GIVEN_NAMES = """
Ada Agnieszka Aisha Alma Amir Ana Anouk Beatriz Björn Carmen Chidi Chloé Clara Daniel Diego Dmitri
Elena Emeka Émile Erik Fatima Felix Freya Giulia Grace Hana Hassan Henrik Hugo Ingrid Isabel Ivan
Jakub James Joana Jonas José Kaito Karin Kofi Lars Leila Lena Liam Lucía Magda Malik Mara Marek
Mateo Mei Mia Mina Miriam Nadia Naomi Nils Noah Nora Olga Oluwaseun Omar Oskar Pablo Petra Priya
Rafael Ravi René Rosa Ruth Sámi Samira Selma Sofia Sören Tadeusz Tamar Thandiwe Theo Tomás Ulla
Uma Vera Viktor Wanjiru Willem Xin Yara Yusuf Zanele Zoë
""".split()

FAMILY_NAMES = """
Abebe Almeida Andersson Bakker Becker Bianchi Bondarenko Botha Brown Castro Chen Cohen Costa
Dąbrowski Diaz Dubois Eriksen Evans Fernández Fischer Fofana García Gonçalves Haddad Hansen Hoang
Horváth Ibrahim Ito Ivanova Jansen Jensen Johansson Jones Kamau Kaplan Kaya Khan Kim Klein
Kovács Kowalski Kumar Larsen Lefèvre Lehmann Li López Mäkinen Marić Martin Mbeki Meyer Moreau
Müller Mwangi Nakamura Nguyen Nielsen Novák Nowak Nyström O'Brien Okafor Oliveira Öztürk Papadakis
Park Patel Pereira Petrov Popescu Rahman Ramírez Reyes Rossi Sánchez Santos Sato Schmidt Silva
Singh Smith Sørensen Suzuki Takahashi Tanaka Torres Traoré Tran Vargas Virtanen Vogel Wagner Wang
Weber Williams Wójcik Yamamoto Yılmaz Zhang Zielińska
""".split()

TREE = {
    "Arts": ("Painting", "Photography", "Theatre", "Film", "Design"),
    "Food": ("Baking", "Preserving", "Street food", "Coffee and tea"),
    "Home": ("Repairs", "Textiles", "Woodwork", "Small spaces"),
    "Music": ("Songwriting", "Choirs", "Instruments", "Listening"),
    "Nature": ("Gardens", "Birds", "Forests", "Weather"),
    "Reading": ("Novels", "Poetry", "History", "Philosophy"),
    "Science": ("Astronomy", "Biology", "Mathematics"),
    "Technology": ("Programming", "Networks", "Open source"),
}
